/** What a report shows where there is no value. */
export const absent = '–'

const grouped = (places: number) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
const integers = grouped(0)
const oneDecimal = grouped(1)
const twoDecimals = grouped(2)
const fourDecimals = grouped(4)
const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3, maximumFractionDigits: 12 })

/** 1234567 → `1,234,567`. */
export function formatCount(value: number | null): string {
  return value === null ? absent : integers.format(value)
}

/** Milliseconds with about three digits: `0.42`, `12.3`, `1,215`. */
export function formatMs(value: number | null): string {
  return value === null ? absent : formatThree(value)
}

/** A rate with about three digits. */
export function formatRate(value: number | null): string {
  return value === null ? absent : formatThree(value)
}

/** A ratio as a percentage. 100 and 0 appear only when they are exact. */
export function formatPercent(value: number | null): string {
  if (value === null) return absent
  if (value === 0) return '0 %'
  if (value === 1) return '100 %'
  if (value < 0.0001) return '<0.01 %'
  return `${twoDecimals.format(Math.min(99.99, value * 100))} %`
}

/** A decimal string of USD for reading: cents above a dollar, more places below. `summary.json` has it exact. */
export function formatMoney(usd: string | null): string {
  if (usd === null) return absent
  const value = Number(usd)
  const sign = value < 0 ? '−' : ''
  return `${sign}$${formatDollars(Math.abs(value))}`
}

/** Many tokens for reading: `980`, `15.5 k`, `271 M`. */
export function formatTokens(value: number | null): string {
  if (value === null) return absent
  if (value < 10_000) return integers.format(value)
  if (value < 1_000_000) return `${threeDigits.format(value / 1000)} k`
  return `${threeDigits.format(value / 1_000_000)} M`
}

function formatDollars(value: number): string {
  if (value === 0) return '0'
  if (value >= 1) return twoDecimals.format(value)
  return value >= 0.01 ? fourDecimals.format(value) : threeDigits.format(value)
}

function formatThree(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return integers.format(value)
  return size >= 10 ? oneDecimal.format(value) : twoDecimals.format(value)
}
