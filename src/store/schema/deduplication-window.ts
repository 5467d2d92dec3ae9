import type { StoreTable } from '../tables.ts'
import { onCluster, type SchemaTarget, tableName } from './target.ts'

/** Inserts of a table whose tokens it remembers: this bounds how long an upload can be repeated without harm. */
const rememberedInserts = 100_000

/** The tables there were when this step came. */
const tables = ['requests', 'attempts', 'runs', 'otel_traces'] as const

/** Makes every table remember the tokens of more inserts than the first step did. Pure. */
export function deduplicationWindowStatements(target: SchemaTarget): readonly string[] {
  return tables.map(table => widerWindowStatement(target, table))
}

/** Makes a table remember the tokens of more inserts than it does when it is created. Pure. */
export function widerWindowStatement(target: SchemaTarget, table: StoreTable): string {
  const setting = target.replicated
    ? // Replicated tables forget by age too: a week.
      `replicated_deduplication_window = ${rememberedInserts}, replicated_deduplication_window_seconds = 604800`
    : `non_replicated_deduplication_window = ${rememberedInserts}`
  return `ALTER TABLE ${tableName(target, table)}${onCluster(target)} MODIFY SETTING ${setting}`
}
