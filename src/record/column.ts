import { formatUsd, type PicoUsd, picoPerUsd } from '../core/index.ts'

/** A JSON value as one row carries it. */
export type Json = string | number | boolean | null | { readonly [key: string]: Json }

/**
 * One column of a record: its ClickHouse type, unit and meaning, and how a value in memory becomes JSON.
 * The row encoder, the DDL and docs/records.md all come from these, so they cannot drift apart.
 */
export interface Column<Value> {
  /** ClickHouse type with codec. */
  readonly clickhouse: string
  /** Unit of the value, empty when it has none. */
  readonly unit: string
  readonly meaning: string
  readonly encode: (value: Value) => Json
}

/** A table's columns by name, in order. */
export type Columns = Readonly<Record<string, Column<never>>>

/** The row type that belongs to a table of columns. */
export type RowOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Column<infer Value> ? Value : never
}

const same = (value: Json): Json => value

function column<Value>(clickhouse: string, encode: (value: Value) => Json) {
  return (meaning: string, unit = ''): Column<Value> => ({ clickhouse, unit, meaning, encode })
}

// Every encoder is total: whatever the value, it becomes JSON that the column takes, since the store refuses a
// whole insert for one value it cannot read and wraps integers that are too large.

/** Longest text kept, in UTF-16 units; the rest is cut. */
export const maxTextChars = 4096
/** Longest label kept, in UTF-16 units; the rest is cut. */
export const maxLabelChars = 256

/** Text with many distinct values: well-formed Unicode, cut at `maxTextChars`. */
export const text = column<string>('String CODEC(ZSTD(1))', value => cleanText(value, maxTextChars))
/** JSON that this program made: well-formed Unicode, never cut. */
export const jsonText = column<string>('String CODEC(ZSTD(1))', value => cleanText(value, Infinity))
/** Text with few distinct values (below about ten thousand): well-formed Unicode, cut at `maxLabelChars`. */
export const label = column<string>('LowCardinality(String)', value => cleanText(value, maxLabelChars))
/** An id; a text that is no UUID becomes the nil UUID. */
export const uuid = column<string>('UUID', value => (uuidPattern.test(value) ? value : nilUuid))
/** Wall time: integer microseconds since 1970 UTC in memory, held to the years 1900 to 2255. NaN becomes 1970. */
export const time = column<number>("DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1))", encodeTime)
/** Wall time that may be absent; one outside the years 1900 to 2255 is. */
export const optionalTime = column<number | null>("Nullable(DateTime64(6, 'UTC'))", at =>
  at !== null && at >= minTimeUs && at <= maxTimeUs ? encodeTime(at) : null,
)
export const flag = column<boolean>('Bool', same)
export const optionalFlag = column<boolean | null>('Nullable(Bool)', same)
// Integers that are always there: rounded, and held to the range of the type; NaN becomes 0.
export const uint8 = column<number>('UInt8', value => withinUint(value, 2 ** 8 - 1))
export const uint16 = column<number>('UInt16', value => withinUint(value, 2 ** 16 - 1))
export const uint32 = column<number>('UInt32 CODEC(T64, ZSTD(1))', value => withinUint(value, maxUint32))
export const uint64 = column<number>('UInt64 CODEC(T64, ZSTD(1))', value =>
  String(BigInt(withinUint(value, Number.MAX_SAFE_INTEGER))),
)
/** A finite number; NaN and the infinities become 0. */
export const float = column<number>('Float64', value => (Number.isFinite(value) ? value : 0))
/** An integer that may be absent; absent is null, never 0, and so is one outside the type's range. */
export const optionalUint32 = column<number | null>('Nullable(UInt32) CODEC(T64, ZSTD(1))', value =>
  value !== null && value >= 0 && value <= maxUint32 ? Math.round(value) : null,
)
/** Money that is always known, held below a million USD. Pico-USD in memory, a decimal string in the row. */
export const money = column<PicoUsd>('Decimal(18, 12) CODEC(ZSTD(1))', amount =>
  formatUsd(withinMoney(amount)),
)
/** Money that may be unknown (no price, no usage): null, never 0. A million USD and more is unknown too. */
export const optionalMoney = column<PicoUsd | null>('Nullable(Decimal(18, 12)) CODEC(ZSTD(1))', amount =>
  amount !== null && withinMoney(amount) === amount ? formatUsd(amount) : null,
)
/** 64-bit hash of a content that is not kept; the low 64 bits of a longer one. */
export const hash = column<bigint>('UInt64', value => String(BigInt.asUintN(64, value)))
/** Names and values are cut as labels and texts are. */
export const tags = column<Readonly<Record<string, string>>>(
  'Map(LowCardinality(String), String) CODEC(ZSTD(1))',
  encodeTags,
)

/** A closed set of names, stored as Enum8 in the order given. */
export function oneOf<const Name extends string>(names: readonly Name[], meaning: string): Column<Name> {
  const members = names.map((name, index) => `'${name}' = ${index}`).join(', ')
  return { clickhouse: `Enum8(${members})`, unit: '', meaning, encode: same }
}

const maxUint32 = 2 ** 32 - 1
/** Decimal(18, 12) has six digits before the point. */
const maxMoney: PicoUsd = picoPerUsd * 10n ** 6n - 1n
const uuidPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
const nilUuid = '00000000-0000-0000-0000-000000000000'
const minTimeUs = Date.UTC(1900, 0) * 1000
/** In the year 2255; ClickHouse would take more. */
const maxTimeUs = Number.MAX_SAFE_INTEGER

/** Cut first: a cut may leave half of a pair. ClickHouse refuses JSON with lone surrogates. */
function cleanText(value: unknown, maxChars: number): string {
  const whole = String(value)
  return (whole.length > maxChars ? whole.slice(0, maxChars) : whole).toWellFormed()
}

function withinUint(value: number, max: number): number {
  return Number.isNaN(value) ? 0 : Math.round(Math.min(Math.max(value, 0), max))
}

function withinMoney(amount: PicoUsd): PicoUsd {
  if (amount > maxMoney) return maxMoney
  return amount < -maxMoney ? -maxMoney : amount
}

function encodeTags(values: Readonly<Record<string, string>>): Json {
  const entries = Object.entries(values)
  return Object.fromEntries(
    entries.map(([name, value]) => [cleanText(name, maxLabelChars), cleanText(value, maxTextChars)]),
  )
}

/** `YYYY-MM-DD hh:mm:ss.ffffff` in UTC, the form ClickHouse reads fastest. */
function encodeTime(epochUs: number): string {
  const wholeUs = Number.isNaN(epochUs) ? 0 : Math.round(Math.min(Math.max(epochUs, minTimeUs), maxTimeUs))
  const wholeMs = Math.floor(wholeUs / 1000)
  const restUs = wholeUs - wholeMs * 1000
  const iso = new Date(wholeMs).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(restUs).padStart(3, '0')}`
}
