import { type Price, type PriceAmounts, priceAt } from '../catalog/index.ts'
import { type PicoUsd, picoPerUsd } from '../core/index.ts'
import { type BilledUnits, splitTokens } from './split-tokens.ts'
import type { Usage } from './usage.ts'

/** What each kind of token and fee cost. They add up to the total. */
export interface CostParts {
  /** Input that was neither cached nor written, and of no kind below. */
  readonly input: PicoUsd
  readonly cacheRead: PicoUsd
  readonly cacheWrite5m: PicoUsd
  readonly cacheWrite1h: PicoUsd
  /** Output but for reasoning and kinds below. */
  readonly output: PicoUsd
  readonly reasoning: PicoUsd
  /** In and out, where the endpoint has a price of its own for audio. */
  readonly audio: PicoUsd
  /** In and out, where the endpoint has a price of its own for images. */
  readonly image: PicoUsd
  readonly request: PicoUsd
}

/** What one answer cost and what caching did to that. */
export interface Cost {
  readonly total: PicoUsd
  /** What came in and the fee of the request; the rest of the total is `completion`. */
  readonly prompt: PicoUsd
  readonly completion: PicoUsd
  /** The same tokens, none of them read from a cache or written to one. */
  readonly withoutCache: PicoUsd
  /** `withoutCache − total`: positive when reads saved money, negative when writes cost extra. */
  readonly cacheDiscount: PicoUsd
  readonly parts: CostParts
  /** The amounts that held for this answer, after overrides and discount. */
  readonly price: PriceAmounts
}

/**
 * Why a cost cannot be computed; each is explained in docs/cost.md.
 * - `usage_contradictory`: a count that is none, or more tokens of a kind than of the kind that contains them.
 * - `no_price_cache_write_1h`: written for an hour, where only writes for five minutes have a price.
 * - `no_price_audio_cache_read`: audio from a cache, where audio has a price of its own but not its reads.
 * - `modality_unknown`: audio or images have a price of their own, and nobody told how many of their tokens were cached
 *   or, for images, how many there were.
 * - `out_of_range`: a million USD or more, which no record can hold.
 */
export type CostUnknownReason =
  | 'usage_contradictory'
  | 'no_price_cache_write_1h'
  | 'no_price_audio_cache_read'
  | 'modality_unknown'
  | 'out_of_range'

/** A cost, or why there is none. Unknown is a value: nothing is guessed, and it is never zero. */
export type CostResult =
  | { readonly isKnown: true; readonly cost: Cost }
  | { readonly isKnown: false; readonly reason: CostUnknownReason }

/** What a cost depends on beside tokens. */
export interface CostContext {
  /** Microseconds since 1970 UTC: when the request was made. Prices may depend on the time of day. */
  readonly epochUs: number
  /** Images in the request, which no answer tells; left out: none. */
  readonly images?: number
}

/** A million USD, the first amount that a record's column does not hold. */
const tooMuch: PicoUsd = picoPerUsd * 10n ** 6n

/**
 * Prices one answer by the catalogue: which amounts hold follows from all its prompt tokens and from the time (`priceAt`),
 * then each kind of token costs its own amount, and a kind without one costs what the kind that contains it costs
 * ("no write charge" means ordinary input, not free). Pure and exact: whole pico-USD, no rounding anywhere.
 */
export function costOf(price: Price, usage: Usage, { epochUs, images = 0 }: CostContext): CostResult {
  const amounts = priceAt(price, { promptTokens: usage.inputTokens, epochUs })
  const split = splitTokens({ usage, amounts, images })
  if (typeof split === 'string') return { isKnown: false, reason: split }
  const lines = billOf(split.tokens, amounts)
  const prompt = sumOf(lines.filter(line => line.isInput))
  const completion = sumOf(lines.filter(line => !line.isInput))
  const total = prompt + completion
  const withoutCache = sumOf(billOf(split.uncached, amounts))
  if (total >= tooMuch || withoutCache >= tooMuch) return { isKnown: false, reason: 'out_of_range' }
  const cacheDiscount = withoutCache - total
  const cost = {
    total,
    prompt,
    completion,
    withoutCache,
    cacheDiscount,
    parts: partsOf(lines),
    price: amounts,
  }
  return { isKnown: true, cost }
}

interface Line {
  readonly part: keyof CostParts
  readonly isInput: boolean
  readonly amount: PicoUsd
}

function billOf(units: BilledUnits, amounts: PriceAmounts): readonly Line[] {
  const { input, output, audio = input } = amounts
  const incoming: readonly (readonly [keyof CostParts, PicoUsd])[] = [
    ['input', units.input * input],
    ['cacheRead', units.cacheRead * (amounts.cacheRead ?? input)],
    ['cacheWrite5m', units.cacheWrite5m * (amounts.cacheWrite ?? input)],
    ['cacheWrite1h', units.cacheWrite1h * (amounts.cacheWrite1h ?? input)],
    ['audio', units.audio * audio],
    ['audio', units.audioCacheRead * (amounts.audioCacheRead ?? audio)],
    ['image', units.imageTokens * (amounts.imageToken ?? input)],
    ['image', units.images * (amounts.image ?? 0n)],
    ['request', amounts.request],
  ]
  const outgoing: readonly (readonly [keyof CostParts, PicoUsd])[] = [
    ['output', units.output * output],
    ['reasoning', units.reasoning * (amounts.reasoning ?? output)],
    ['audio', units.audioOutput * (amounts.audioOutput ?? output)],
    ['image', units.outputImages * (amounts.imageOutput ?? 0n)],
  ]
  return [
    ...incoming.map(([part, amount]) => ({ part, isInput: true, amount })),
    ...outgoing.map(([part, amount]) => ({ part, isInput: false, amount })),
  ]
}

function partsOf(lines: readonly Line[]): CostParts {
  const amountOf = (part: keyof CostParts) => sumOf(lines.filter(line => line.part === part))
  return {
    input: amountOf('input'),
    cacheRead: amountOf('cacheRead'),
    cacheWrite5m: amountOf('cacheWrite5m'),
    cacheWrite1h: amountOf('cacheWrite1h'),
    output: amountOf('output'),
    reasoning: amountOf('reasoning'),
    audio: amountOf('audio'),
    image: amountOf('image'),
    request: amountOf('request'),
  }
}

function sumOf(lines: readonly Line[]): PicoUsd {
  return lines.reduce((sum, { amount }) => sum + amount, 0n)
}
