/** Where a schema is created and in which flavour. */
export interface SchemaTarget {
  readonly database: string
  /** Replicated engines (a cluster) instead of plain ones. Default false. */
  readonly replicated?: boolean
  /** Name for `ON CLUSTER`; absent creates on the connected server only. */
  readonly cluster?: string
}

/** An engine family of ClickHouse with its argument, such as the version column of a replacing table. */
export interface Engine {
  readonly family: 'MergeTree' | 'ReplacingMergeTree'
  readonly argument?: string
}

/** The qualified, quoted name of a table. */
export function tableName(target: SchemaTarget, table: string): string {
  return `\`${target.database}\`.\`${table}\``
}

/** `ON CLUSTER …` with a leading space, or nothing. */
export function onCluster(target: SchemaTarget): string {
  return target.cluster === undefined ? '' : ` ON CLUSTER \`${target.cluster}\``
}

/** The engine clause for a target: the same family, replicated when the target is. */
export function engineClause(target: SchemaTarget, engine: Engine): string {
  const place = ["'/clickhouse/tables/{uuid}/{shard}'", "'{replica}'"]
  const args = [...(target.replicated ? place : []), ...(engine.argument ? [engine.argument] : [])]
  return `${target.replicated ? 'Replicated' : ''}${engine.family}(${args.join(', ')})`
}

/**
 * The settings that make an upload of the same segment a no-op. Replicated tables have such a window by
 * default; plain ones must be given it.
 */
export function deduplicationSetting(target: SchemaTarget): string {
  return target.replicated
    ? 'replicated_deduplication_window = 10000'
    : 'non_replicated_deduplication_window = 1000'
}
