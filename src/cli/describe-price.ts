import type { Endpoint, Price, PriceAmounts, PriceOverride } from '../catalog/index.ts'
import { formatUsd, type PicoUsd } from '../core/index.ts'

/** Amounts beside those that tables have columns for: what they are called, and whether they are per million tokens. */
const names: readonly (readonly [keyof PriceAmounts, string, 'tokens' | 'each'])[] = [
  ['input', 'input', 'tokens'],
  ['output', 'output', 'tokens'],
  ['cacheRead', 'read', 'tokens'],
  ['cacheWrite', 'write', 'tokens'],
  ['cacheWrite1h', 'write 1h', 'tokens'],
  ['reasoning', 'reasoning', 'tokens'],
  ['audio', 'audio', 'tokens'],
  ['audioCacheRead', 'audio read', 'tokens'],
  ['audioOutput', 'audio out', 'tokens'],
  ['imageToken', 'image', 'tokens'],
  ['image', 'per image', 'each'],
  ['imageOutput', 'per image out', 'each'],
  ['request', 'per request', 'each'],
]

const inColumns: ReadonlySet<string> = new Set(['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite1h'])

/**
 * What else is to be known of an endpoint beside the columns of `catalog show`, as short texts: tier, region, discount,
 * other kinds of tokens, and the prices of long prompts or certain hours. Amounts as they are quoted, USD. Pure.
 */
export function endpointNotes({ price, tier, region }: Endpoint): readonly string[] {
  const { overrides = [], discountPpm = 0 } = price
  return [
    ...(tier === 'default' ? [] : [`${tier} tier`]),
    ...(region === null ? [] : [`region ${region}`]),
    ...(discountPpm === 0 ? [] : [`${discountPpm / 10_000} % off`]),
    ...otherAmounts(price),
    ...overrides.map(override => `${conditionsOf(override).join(', ')}: ${amountsOf(override)}`),
  ]
}

/** Pico-USD per token as USD per million tokens: the same digits, six places on. */
export function perMillion(price: PicoUsd): string {
  return formatUsd(price * 1_000_000n)
}

function otherAmounts(price: Price): readonly string[] {
  return names
    .filter(([name]) => !inColumns.has(name) && (name !== 'request' || price.request > 0n))
    .flatMap(([name, text, unit]) => quoted(price[name], `${text} `, unit))
}

function amountsOf({ amounts }: PriceOverride): string {
  return names.flatMap(([name, text, unit]) => quoted(amounts[name], `${text} `, unit)).join(', ')
}

function quoted(
  amount: PicoUsd | null | undefined,
  before: string,
  unit: 'tokens' | 'each',
): readonly string[] {
  if (amount === null || amount === undefined) return []
  return [`${before}${unit === 'tokens' ? perMillion(amount) : formatUsd(amount)}`]
}

function conditionsOf({ minPromptTokens, utcWindow, utcDays }: PriceOverride): readonly string[] {
  return [
    ...(minPromptTokens === undefined ? [] : [`> ${minPromptTokens} tokens`]),
    ...(utcDays ? [utcDays.map(day => day.slice(0, 3)).join(' ')] : []),
    ...(utcWindow ? [`${clock(utcWindow.startMinute)}–${clock(utcWindow.endMinute)} UTC`] : []),
  ]
}

function clock(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
