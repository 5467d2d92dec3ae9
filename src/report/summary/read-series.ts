import { countOf, msOf, type Numeric } from './column-values.ts'
import { readMeasuredTime } from './read-measured-time.ts'
import type { RecordReader } from './record-reader.ts'
import { measuredSql, routedSql } from './record-sql.ts'
import type { Distribution, RunSummary, TimeBucket, Timeline } from './run-summary.ts'

interface BucketRow {
  readonly bucket: Numeric
  readonly ok: Numeric
  readonly failed: Numeric
  readonly canceled: Numeric
  readonly ttft_n: Numeric
  readonly ttft: readonly Numeric[]
  readonly latency: Numeric
}

interface DistributionRow {
  readonly by_arm: Numeric
  readonly name: string
  readonly n: Numeric
  readonly micros: readonly Numeric[]
}

/** Bucket widths that read well on an axis. */
const bucketSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400]
const wantedBuckets = 60

/** Every percent, and the tail more finely. */
const levels = [...Array.from({ length: 100 }, (_, percent) => percent / 100), 0.995, 0.999, 1]

const timelineSql = `WITH ${measuredSql}
SELECT intDiv(toUnixTimestamp64Micro(ts) - {zero_us:Int64}, {bucket_us:Int64}) AS bucket,
  countIf(outcome = 'ok') AS ok, countIf(outcome IN ('error', 'truncated')) AS failed,
  countIf(outcome = 'canceled') AS canceled, countIf(outcome = 'ok' AND ttft_us IS NOT NULL) AS ttft_n,
  quantilesExactIf(0.5, 0.95)(assumeNotNull(ttft_us), outcome = 'ok' AND ttft_us IS NOT NULL) AS ttft,
  quantileExactIf(0.95)(latency_us, outcome = 'ok') AS latency
FROM measured GROUP BY bucket ORDER BY bucket`

const distributionSql = `WITH ${measuredSql}, ${routedSql}, timed AS (
  SELECT toString(m.arm) AS arm, toString(if(r.served_provider != '', r.served_provider, m.served_provider)) AS provider,
    assumeNotNull(m.ttft_us) AS ttft
  FROM measured AS m LEFT ANY JOIN routed AS r ON r.request_id = m.request_id
  WHERE m.outcome = 'ok' AND m.ttft_us IS NOT NULL)
SELECT grouping(provider) AS by_arm, if(by_arm = 1, arm, provider) AS name, count() AS n,
  quantilesExact(${levels.join(', ')})(ttft) AS micros
FROM timed GROUP BY GROUPING SETS ((arm), (provider)) ORDER BY by_arm DESC, n DESC, name`

/** Counts and quantiles over the time since the run began, in about 60 buckets of a round number of seconds. */
export async function readTimeline(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<Timeline> {
  const { zero, zeroUs, lastUs } = await readMeasuredTime(reader, params)
  const seconds = bucketWidth((lastUs - zeroUs) / 1e6)
  const rows = await reader.query<BucketRow>(timelineSql, {
    ...params,
    zero_us: zeroUs,
    bucket_us: seconds * 1e6,
  })
  return {
    zero,
    bucketSeconds: seconds,
    buckets: withGaps(
      rows.map(row => bucketOf(row, seconds)),
      seconds,
    ),
  }
}

/** TTFT distributions of each arm and of each provider. */
export async function readDistribution(
  reader: RecordReader,
  params: Readonly<Record<string, unknown>>,
): Promise<RunSummary['ttftDistribution']> {
  const rows = await reader.query<DistributionRow>(distributionSql, params)
  return { levels, series: rows.map(distributionOf) }
}

function bucketWidth(spanSeconds: number): number {
  const wanted = spanSeconds / wantedBuckets
  return bucketSeconds.find(width => width >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400
}

function bucketOf(row: BucketRow, seconds: number): TimeBucket {
  const timed = countOf(row.ttft_n) > 0
  const ok = countOf(row.ok)
  return {
    atSeconds: countOf(row.bucket) * seconds,
    ok,
    failed: countOf(row.failed),
    canceled: countOf(row.canceled),
    ttftP50Ms: timed ? msOf(row.ttft[0]) : null,
    ttftP95Ms: timed ? msOf(row.ttft[1]) : null,
    latencyP95Ms: ok > 0 ? msOf(row.latency) : null,
  }
}

/** A bucket without requests is a fact too: a line must not bridge it. */
function withGaps(buckets: readonly TimeBucket[], seconds: number): readonly TimeBucket[] {
  const byTime = new Map(buckets.map(bucket => [bucket.atSeconds, bucket]))
  const last = buckets.at(-1)
  if (!last) return []
  return Array.from({ length: last.atSeconds / seconds + 1 }, (_, index) => {
    const atSeconds = index * seconds
    return byTime.get(atSeconds) ?? { ...emptyBucket, atSeconds }
  })
}

const emptyBucket = { ok: 0, failed: 0, canceled: 0, ttftP50Ms: null, ttftP95Ms: null, latencyP95Ms: null }

function distributionOf(row: DistributionRow): Distribution {
  const by = countOf(row.by_arm) === 1 ? 'arm' : 'provider'
  const fallback = by === 'arm' ? 'default' : 'unknown'
  return { by, name: row.name || fallback, n: countOf(row.n), ms: row.micros.map(value => msOf(value) ?? 0) }
}
