import { storeTables } from '../tables.ts'
import { onCluster, type SchemaTarget, tableName } from './target.ts'

/** Inserts of a table whose tokens it remembers: this bounds how long an upload can be repeated without harm. */
const rememberedInserts = 100_000

/** Makes every table remember the tokens of more inserts than the first step did. Pure. */
export function deduplicationWindowStatements(target: SchemaTarget): readonly string[] {
  const setting = target.replicated
    ? // Replicated tables forget by age too: a week.
      `replicated_deduplication_window = ${rememberedInserts}, replicated_deduplication_window_seconds = 604800`
    : `non_replicated_deduplication_window = ${rememberedInserts}`
  return storeTables.map(
    table => `ALTER TABLE ${tableName(target, table)}${onCluster(target)} MODIFY SETTING ${setting}`,
  )
}
