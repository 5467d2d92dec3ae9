import { type Columns, recordTables } from '../../record/index.ts'
import { onCluster, type SchemaTarget, tableName } from './target.ts'

/** Columns that came with version 2 of the record tables, and the one whose values grew. */
const added = {
  requests: [
    'caller_key',
    'task',
    'sticky_reason',
    'response_cache',
    'pipeline',
    'service_tier',
    'queue_us',
    'charged_usd',
    'cost_unknown_reason',
    'cache_write_1h_tokens',
    'audio_tokens',
  ],
  attempts: [
    'deadline',
    'queue_us',
    'quantization',
    'region',
    'service_tier',
    'cost_unknown_reason',
    'cache_write_1h_tokens',
    'audio_tokens',
  ],
} as const

/** Brings tables of version 1 to version 2; nothing to do on a new store. Pure. */
export function versionTwoStatements(target: SchemaTarget): readonly string[] {
  const kind = `ALTER TABLE ${tableName(target, 'attempts')}${onCluster(target)} MODIFY COLUMN \`kind\` ${typeOf('attempts', 'kind')}`
  return [...tables.map(table => addColumns(target, table)), kind]
}

const tables = ['requests', 'attempts'] as const

function addColumns(target: SchemaTarget, table: keyof typeof added): string {
  const clauses = added[table].map(
    column => `ADD COLUMN IF NOT EXISTS \`${column}\` ${typeOf(table, column)}`,
  )
  return `ALTER TABLE ${tableName(target, table)}${onCluster(target)} ${clauses.join(', ')}`
}

function typeOf(table: keyof typeof added, column: string): string {
  const columns: Columns = recordTables[table]
  return columns[column]?.clickhouse ?? ''
}
