import { type Columns, recordTables } from '../../record/index.ts'
import {
  deduplicationSetting,
  type Engine,
  engineClause,
  onCluster,
  type SchemaTarget,
  tableName,
} from './target.ts'

/** How a record table lies on disk; its columns come from `recordTables`. */
interface Layout {
  readonly engine: Engine
  readonly partitionBy?: string
  readonly orderBy: string
  /** Live traffic expires; runs are kept until someone deletes them. */
  readonly ttl?: string
  readonly indexes: readonly string[]
  /** Columns that the store fills in itself. */
  readonly storeColumns: readonly string[]
}

const insertedAt = "inserted_at DateTime('UTC') DEFAULT now()"
/** Probes belong to no run either. */
export const liveExpiry = "toDateTime(ts) + INTERVAL 180 DAY DELETE WHERE phase IN ('live', 'probe')"

/** Skip indexes only for look-ups by id; order keys in the order that dashboards and reports filter. */
const layouts: Readonly<Record<keyof typeof recordTables, Layout>> = {
  requests: {
    engine: { family: 'MergeTree' },
    partitionBy: 'toYYYYMM(ts)',
    orderBy: '(run_id, toStartOfHour(ts), requested_model, served_provider, ts)',
    ttl: liveExpiry,
    indexes: [
      'INDEX ix_ts ts TYPE minmax GRANULARITY 1',
      'INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1',
      'INDEX ix_session session_id TYPE bloom_filter(0.01) GRANULARITY 1',
      'INDEX ix_request request_id TYPE bloom_filter(0.001) GRANULARITY 1',
    ],
    storeColumns: [insertedAt],
  },
  attempts: {
    engine: { family: 'MergeTree' },
    partitionBy: 'toYYYYMM(ts)',
    orderBy: '(run_id, toStartOfHour(ts), provider, model, ts)',
    ttl: liveExpiry,
    indexes: [
      'INDEX ix_ts ts TYPE minmax GRANULARITY 1',
      'INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1',
      'INDEX ix_request request_id TYPE bloom_filter(0.001) GRANULARITY 1',
    ],
    storeColumns: [insertedAt],
  },
  runs: {
    engine: { family: 'ReplacingMergeTree', argument: 'version' },
    orderBy: 'run_id',
    indexes: [],
    storeColumns: [],
  },
  endpoint_states: {
    engine: { family: 'MergeTree' },
    partitionBy: 'toYYYYMM(ts)',
    orderBy: '(run_id, endpoint, ts)',
    ttl: "toDateTime(ts) + INTERVAL 180 DAY DELETE WHERE run_id = ''",
    indexes: ['INDEX ix_ts ts TYPE minmax GRANULARITY 1'],
    storeColumns: [insertedAt],
  },
}

/** Those of the first step; later ones come in steps of their own. */
const firstTables = ['requests', 'attempts', 'runs'] as const

/** `CREATE TABLE` for each record table of the first step, derived from the record's columns. Pure. */
export function recordTableStatements(target: SchemaTarget): readonly string[] {
  return firstTables.map(name => createTableStatement(target, name))
}

/** `CREATE TABLE` for one record table. Pure. */
export function createTableStatement(target: SchemaTarget, name: keyof typeof recordTables): string {
  const columns: Columns = recordTables[name]
  const layout = layouts[name]
  const definitions = [
    ...Object.entries(columns).map(([column, { clickhouse }]) => `\`${column}\` ${clickhouse}`),
    ...layout.storeColumns,
    ...layout.indexes,
  ]
  return [
    `CREATE TABLE IF NOT EXISTS ${tableName(target, name)}${onCluster(target)} (`,
    `  ${definitions.join(',\n  ')}`,
    `) ENGINE = ${engineClause(target, layout.engine)}`,
    ...(layout.partitionBy ? [`PARTITION BY ${layout.partitionBy}`] : []),
    `ORDER BY ${layout.orderBy}`,
    ...(layout.ttl ? [`TTL ${layout.ttl}`] : []),
    `SETTINGS ${deduplicationSetting(target)}`,
  ].join('\n')
}
