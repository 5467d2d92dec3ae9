import { deduplicationSetting, engineClause, onCluster, type SchemaTarget, tableName } from './target.ts'

/**
 * `otel_traces` with the column names and types of the OpenTelemetry Collector's ClickHouse exporter, so that
 * its inserts and the tools made for it fit; order, indexes and expiry are ours. Times name their zone: rows
 * come as text, which a server elsewhere would otherwise read in its own zone. Pure.
 */
export function spanTableStatement(target: SchemaTarget): string {
  return `CREATE TABLE IF NOT EXISTS ${tableName(target, 'otel_traces')}${onCluster(target)} (
  Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)),
  TraceState String CODEC(ZSTD(1)),
  SpanName LowCardinality(String) CODEC(ZSTD(1)),
  SpanKind LowCardinality(String) CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  Duration UInt64 CODEC(T64, ZSTD(1)),
  StatusCode LowCardinality(String) CODEC(ZSTD(1)),
  StatusMessage String CODEC(ZSTD(1)),
  Events Nested(
    Timestamp DateTime64(9, 'UTC'), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)
  ) CODEC(ZSTD(1)),
  Links Nested(
    TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)
  ) CODEC(ZSTD(1)),
  INDEX ix_trace TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_duration Duration TYPE minmax GRANULARITY 1
) ENGINE = ${engineClause(target, { family: 'MergeTree' })}
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, SpanName, toDateTime(Timestamp), Timestamp)
TTL toDateTime(Timestamp) + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1, ${deduplicationSetting(target)}`
}
