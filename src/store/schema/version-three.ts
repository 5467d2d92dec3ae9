import { recordTables } from '../../record/index.ts'
import { widerWindowStatement } from './deduplication-window.ts'
import { createTableStatement, liveExpiry } from './record-tables.ts'
import { onCluster, type SchemaTarget, tableName } from './target.ts'

/** Brings tables of version 2 to version 3: states of endpoints, and probes, which expire as live traffic does. Pure. */
export function versionThreeStatements(target: SchemaTarget): readonly string[] {
  return [
    createTableStatement(target, 'endpoint_states'),
    widerWindowStatement(target, 'endpoint_states'),
    ...(['requests', 'attempts'] as const).flatMap(table => probeStatements(target, table)),
  ]
}

function probeStatements(target: SchemaTarget, table: 'requests' | 'attempts'): readonly string[] {
  const alter = `ALTER TABLE ${tableName(target, table)}${onCluster(target)}`
  return [
    `${alter} MODIFY COLUMN \`phase\` ${recordTables[table].phase.clickhouse}`,
    // No probe is in the table yet, so there is nothing to work out anew.
    `${alter} MODIFY TTL ${liveExpiry} SETTINGS materialize_ttl_after_modify = 0`,
  ]
}
