import { engineClause, onCluster, type SchemaTarget, tableName } from './target.ts'

/** The table that says which migrations a store has had. Pure. */
export function migrationTableStatement(target: SchemaTarget): string {
  return `CREATE TABLE IF NOT EXISTS ${tableName(target, 'schema_migrations')}${onCluster(target)} (
  id UInt32,
  name String,
  checksum String,
  applied_at DateTime('UTC') DEFAULT now()
) ENGINE = ${engineClause(target, { family: 'ReplacingMergeTree' })}
ORDER BY id`
}
