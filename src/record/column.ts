import { formatUsd, type PicoUsd } from '../core/index.ts'

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

/** Text with many distinct values. */
export const text = column<string>('String CODEC(ZSTD(1))', same)
/** Text with few distinct values (below about ten thousand). */
export const label = column<string>('LowCardinality(String)', same)
export const uuid = column<string>('UUID', same)
/** Wall time: integer microseconds since 1970 UTC in memory. */
export const time = column<number>("DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1))", encodeTime)
export const optionalTime = column<number | null>("Nullable(DateTime64(6, 'UTC'))", at =>
  at === null ? null : encodeTime(at),
)
export const flag = column<boolean>('Bool', same)
export const optionalFlag = column<boolean | null>('Nullable(Bool)', same)
export const uint8 = column<number>('UInt8', same)
export const uint16 = column<number>('UInt16', same)
export const uint32 = column<number>('UInt32 CODEC(T64, ZSTD(1))', same)
export const uint64 = column<number>('UInt64 CODEC(T64, ZSTD(1))', String)
export const float = column<number>('Float64', same)
/** An integer that may be absent; absent is null, never 0. */
export const optionalUint32 = column<number | null>('Nullable(UInt32) CODEC(T64, ZSTD(1))', same)
/** Money that is always known. Pico-USD in memory, a decimal string in the row. */
export const money = column<PicoUsd>('Decimal(18, 12) CODEC(ZSTD(1))', formatUsd)
/** Money that may be unknown (no price, no usage); unknown is null, never 0. */
export const optionalMoney = column<PicoUsd | null>('Nullable(Decimal(18, 12)) CODEC(ZSTD(1))', amount =>
  amount === null ? null : formatUsd(amount),
)
/** 64-bit hash of a content that is not kept. */
export const hash = column<bigint>('UInt64', String)
export const tags = column<Readonly<Record<string, string>>>(
  'Map(LowCardinality(String), String) CODEC(ZSTD(1))',
  same,
)

/** A closed set of names, stored as Enum8 in the order given. */
export function oneOf<const Name extends string>(names: readonly Name[], meaning: string): Column<Name> {
  const members = names.map((name, index) => `'${name}' = ${index}`).join(', ')
  return { clickhouse: `Enum8(${members})`, unit: '', meaning, encode: same }
}

/** `YYYY-MM-DD hh:mm:ss.ffffff` in UTC, the form ClickHouse reads fastest. */
function encodeTime(epochUs: number): string {
  const wholeMs = Math.floor(epochUs / 1000)
  const restUs = epochUs - wholeMs * 1000
  const iso = new Date(wholeMs).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(restUs).padStart(3, '0')}`
}
