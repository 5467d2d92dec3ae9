import type { Price, PriceAmounts } from '../catalog/index.ts'
import type { PicoUsd } from '../core/index.ts'
import type { RouteRequest } from '../policy/index.ts'
import { chargeOf } from '../record/index.ts'
import type { Attempt } from './attempt.ts'
import { chargedFor } from './cost.ts'
import type { Caller } from './keys/key-ring.ts'
import type { Route } from './route.ts'

/** What a caller pays for a request. */
export interface Charge {
  /** null: unknown. */
  readonly charged: PicoUsd | null
  /** Where it is unknown: what it was at least by our estimate, so that a budget is not open to who hangs up early. */
  readonly held: PicoUsd
}

/** Charges a request as `chargedFor` does, and holds something where the charge is unknown. Pure. */
export function chargeFor(attempts: readonly Attempt[], caller: Caller, asked: RouteRequest): Charge {
  const markup = markupOf(caller)
  const charged = chargedFor(attempts, markup)
  const last = attempts.at(-1)
  return { charged, held: charged === null && last ? marked(seenCost(last, asked), markup) : 0n }
}

/**
 * The most that one attempt can cost the caller: the dearest candidate for the estimated prompt and the longest
 * answer that was asked for. `isBound` is false where the request sets no such length: then it is the prompt alone. Pure.
 */
export function worstCharge(
  { decision }: Pick<Route, 'decision'>,
  caller: Caller,
  asked: Pick<RouteRequest, 'estimatedInputTokens' | 'maxOutputTokens'>,
): { readonly amount: PicoUsd; readonly isBound: boolean } {
  const { estimatedInputTokens, maxOutputTokens } = asked
  const input = BigInt(estimatedInputTokens)
  const output = BigInt(maxOutputTokens ?? 0)
  const costs = decision.candidates
    .flatMap(({ endpoint }) => everyAmounts(endpoint.price))
    .map(amounts => input * dearestInput(amounts) + output * dearestOutput(amounts) + amounts.request)
  const worst = costs.reduce((most, cost) => (cost > most ? cost : most), 0n)
  return { amount: marked(worst, markupOf(caller)), isBound: maxOutputTokens !== null }
}

/** Estimated from the prompt and the text that came, at the default price. */
function seenCost({ candidate, exchange }: Attempt, asked: RouteRequest): PicoUsd {
  const { input, output, request } = candidate.endpoint.price
  const seenTokens = Math.ceil(exchange.text.length / 4)
  return BigInt(asked.estimatedInputTokens) * input + BigInt(seenTokens) * output + request
}

function everyAmounts(price: Price): readonly PriceAmounts[] {
  return [price, ...(price.overrides ?? []).map(({ amounts }) => Object.assign({}, price, amounts))]
}

function dearestInput({ input, cacheWrite, cacheWrite1h = 0n }: PriceAmounts): PicoUsd {
  return [cacheWrite ?? 0n, cacheWrite1h].reduce((most, amount) => (amount > most ? amount : most), input)
}

function dearestOutput({ output, reasoning = 0n }: PriceAmounts): PicoUsd {
  return reasoning > output ? reasoning : output
}

/** `chargeOf` without its insurance: nothing has ended yet. */
function marked(billed: PicoUsd, markup: number): PicoUsd {
  return chargeOf({ billed, outputTokens: null, finishReason: null }, markup) ?? billed
}

function markupOf({ key }: Caller): number {
  return key?.markupBasisPoints ?? 0
}
