import type { Endpoint } from '../catalog/index.ts'
import type { PicoUsd } from '../core/index.ts'
import type { Refusal } from './refusal.ts'
import type { ProviderPreferences } from './types.ts'

type Amounts = Pick<Endpoint['price'], 'input' | 'output' | 'request' | 'image' | 'audio'>
type Kind = keyof ProviderPreferences['maxPrice']

/** Highest prices in the units of the catalogue: pico-USD per token, request, image or unit of audio; null: no limit. */
export type PriceLimits = Readonly<Record<Kind, PicoUsd | null>>

const tokensPerMillion = 1_000_000n

/**
 * The limits of `max_price` per token; null when there is none at all. Rounds down, which loses nothing: prices are
 * whole pico-USD. Pure.
 */
export function priceLimitsOf(maxPrice: ProviderPreferences['maxPrice']): PriceLimits | null {
  const { prompt, completion, request, image, audio } = maxPrice
  if (prompt === null && completion === null && request === null && image === null && audio === null)
    return null
  return { prompt: perToken(prompt), completion: perToken(completion), request, image, audio }
}

function perToken(perMillion: PicoUsd | null): PicoUsd | null {
  return perMillion === null ? null : perMillion / tokensPerMillion
}

/**
 * Refuses an endpoint that charges more than a limit for a prompt of this length. A kind that it has no price for is
 * not charged. Prices that hold only at certain hours are left out: a limit is about what the endpoint lists. Pure.
 */
export function refusedByPrice(
  { price }: Endpoint,
  limits: PriceLimits,
  promptTokens: number,
): Refusal | null {
  const amounts = price.overrides === undefined ? price : amountsAt(price, price.overrides, promptTokens)
  if (exceeds(amounts.input, limits.prompt)) return above('prompt')
  if (exceeds(amounts.output, limits.completion)) return above('completion')
  if (exceeds(amounts.request, limits.request)) return above('request')
  if (exceeds(amounts.image, limits.image)) return above('image')
  return exceeds(amounts.audio, limits.audio) ? above('audio') : null
}

function amountsAt(
  base: Amounts,
  overrides: NonNullable<Endpoint['price']['overrides']>,
  promptTokens: number,
): Amounts {
  const fitting = overrides.filter(
    ({ utcWindow, utcDays, minPromptTokens = 0 }) =>
      utcWindow === undefined && utcDays === undefined && promptTokens > minPromptTokens,
  )
  return fitting.length === 0 ? base : Object.assign({ ...base }, ...fitting.map(({ amounts }) => amounts))
}

function exceeds(price: PicoUsd | undefined, limit: PicoUsd | null): boolean {
  return limit !== null && price !== undefined && price > limit
}

function above(kind: Kind): Refusal {
  return { rule: 'max_price', detail: `${kind} price above max_price` }
}
