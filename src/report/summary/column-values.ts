import { formatUsd, parseUsd } from '../../core/index.ts'

/** A number as a store may send it: 64-bit integers and decimals can arrive as text. */
export type Numeric = number | string | null

/** The number, or null when it is absent or not a number. */
export function numberOf(value: Numeric | undefined): number | null {
  if (value === null || value === undefined) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** A count; absent is 0. */
export const countOf = (value: Numeric | undefined): number => numberOf(value) ?? 0

/** Microseconds as milliseconds, exact to the microsecond. */
export function msOf(micros: Numeric | undefined): number | null {
  const value = numberOf(micros)
  return value === null ? null : Math.round(value) / 1000
}

/** `part ÷ whole` to six places; null when the whole is 0. */
export function ratioOf(part: number, whole: number): number | null {
  return whole === 0 ? null : round(part / whole, 6)
}

/** A number rounded to `places`; null stays null. */
export function roundOf(value: Numeric | undefined, places: number): number | null {
  const number = numberOf(value)
  return number === null ? null : round(number, places)
}

/** Money as the shortest exact decimal string; null when unknown. */
export function usdOf(value: string | null | undefined): string | null {
  if (value === null || value === undefined) return null
  const amount = parseUsd(value)
  return amount === null ? null : formatUsd(amount)
}

function round(value: number, places: number): number {
  const scale = 10 ** places
  return Math.round(value * scale) / scale
}
