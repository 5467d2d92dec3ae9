import * as fc from 'fast-check'
import type {
  AttemptRecord,
  Columns,
  EndpointStateRecord,
  RequestRecord,
  RunRecord,
  SpanRow,
} from '../../src/record/index.ts'
import { recordTables } from '../../src/record/index.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map(one => one.toWellFormed()),
  fc.constantFrom(
    '',
    'a "b" \\ c',
    'tab\tline\nend\r',
    'naïve – 日本語 🚀',
    "it's {x:String}",
    '\u0000\u0001',
  ),
)
const uint32 = fc.nat({ max: 2 ** 32 - 1 })
/** Far ahead, so that no expiry touches a row; every digit of a microsecond. */
const epochUs = fc.integer({ min: 4_070_908_800_000_000, max: 4_070_908_800_000_000 + 20 * 86_400_000_000 })
const picoUsd = fc.oneof(
  fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 10n ** 12n),
)

/** Values in memory for a column, by its ClickHouse type. */
function valuesOf(clickhouse: string): fc.Arbitrary<unknown> {
  // Hashes are bigint in memory, counters (with a codec) are number.
  if (clickhouse.startsWith('UInt64 CODEC')) return fc.maxSafeNat()
  const type = clickhouse.replace(/ CODEC.*$/, '')
  const inner = /^Nullable\((.*)\)$/.exec(type)?.[1]
  if (inner !== undefined) return fc.option(valuesOf(inner), { nil: null })
  const names = [...type.matchAll(/'(\w+)' = \d+/g)].map(match => match[1])
  if (names.length > 0) return fc.constantFrom(...names)
  if (type.startsWith('DateTime64')) return epochUs
  if (type.startsWith('Map')) return fc.dictionary(text, text, { maxKeys: 3 })
  if (type.startsWith('Decimal')) return picoUsd
  const simple = simpleTypes[type]
  if (!simple) throw new Error(`no sample values for ${type}`)
  return simple
}

const simpleTypes: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  String: text,
  'LowCardinality(String)': text,
  UUID: fc.uuid(),
  Bool: fc.boolean(),
  UInt8: fc.nat({ max: 255 }),
  UInt16: fc.nat({ max: 65_535 }),
  UInt32: uint32,
  UInt64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  Float64: fc.double({ noNaN: true, noDefaultInfinity: true }).map(one => (one === 0 ? 0 : one)),
}

function rowsOf<Row>(columns: Columns, values = valuesOf): fc.Arbitrary<Row> {
  const arbitraries = Object.entries(columns).map(
    ([name, { clickhouse }]) => [name, values(clickhouse)] as const,
  )
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made column by column from the row's own table
  return fc.record(Object.fromEntries(arbitraries)) as fc.Arbitrary<Row>
}

/** Rows with any value that each column allows. */
export const requestRows: fc.Arbitrary<RequestRecord> = rowsOf(recordTables.requests)
export const attemptRows: fc.Arbitrary<AttemptRecord> = rowsOf(recordTables.attempts)
export const runRows: fc.Arbitrary<RunRecord> = rowsOf(recordTables.runs)
export const stateRows: fc.Arbitrary<EndpointStateRecord> = rowsOf(recordTables.endpoint_states)

/** Spans with any text. */
export const spanRows: fc.Arbitrary<SpanRow> = fc.record({
  Timestamp: fc.nat({ max: 999_999_999 }).map(ns => `2099-01-02 03:04:05.${String(ns).padStart(9, '0')}`),
  TraceId: text,
  SpanId: text,
  ParentSpanId: text,
  TraceState: text,
  SpanName: text,
  SpanKind: fc.constantFrom('Client' as const, 'Server' as const, 'Internal' as const),
  ServiceName: text,
  ResourceAttributes: fc.dictionary(text, text, { maxKeys: 3 }),
  ScopeName: text,
  ScopeVersion: text,
  SpanAttributes: fc.dictionary(text, text, { maxKeys: 3 }),
  Duration: uint32,
  StatusCode: fc.constantFrom('Unset' as const, 'Ok' as const, 'Error' as const),
  StatusMessage: text,
})

/** `count` rows, the same for the same seed. */
export function sample<Row>(rows: fc.Arbitrary<Row>, count: number, seed = 1): readonly Row[] {
  return fc.sample(rows, { numRuns: count, seed })
}

const hostileText = fc.oneof(
  fc.string({ unit: fc.nat({ max: 0xffff }).map(unit => String.fromCharCode(unit)), maxLength: 20 }),
  fc.constantFrom(
    '\ud800',
    '\udc00a',
    'x'.repeat(100_000),
    `${'x'.repeat(4095)}🚀`,
    '__proto__',
    '\\N',
    'NULL',
  ),
)
const hostileNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, -0, 0.5, 255.5, 2 ** 32, 2 ** 53, 1e21, 1e300, 5e-324),
)

/** Values in memory of a column's type in TypeScript, whatever they are, by its ClickHouse type. */
function hostileValuesOf(clickhouse: string): fc.Arbitrary<unknown> {
  const type = clickhouse.replace(/ CODEC.*$/, '')
  const inner = /^Nullable\((.*)\)$/.exec(type)?.[1]
  if (inner !== undefined) return fc.option(hostileValuesOf(inner), { nil: null })
  if (type.startsWith('Enum') || type === 'Bool') return valuesOf(clickhouse)
  if (type.startsWith('Map')) return fc.dictionary(hostileText, hostileText, { maxKeys: 3 })
  if (type.startsWith('Decimal') || clickhouse === 'UInt64') {
    return fc.oneof(fc.bigInt(), fc.constantFrom(10n ** 18n, -(10n ** 18n), 2n ** 64n, -1n, 10n ** 40n))
  }
  return /String|UUID/.test(type) ? hostileText : hostileNumber
}

/** Rows with hostile values in every column of a record table. */
export function hostileRows<Row>(columns: Columns): fc.Arbitrary<Row> {
  return rowsOf<Row>(columns, hostileValuesOf)
}

/** Spans with hostile texts and numbers. */
export const hostileSpans: fc.Arbitrary<SpanRow> = fc
  .tuple(spanRows, hostileText, hostileText, hostileNumber)
  .map(([row, one, other, duration]) =>
    Object.assign(row, {
      SpanName: one,
      StatusMessage: other,
      SpanAttributes: { [one]: other },
      Duration: duration,
    }),
  )
