import type { Price, PriceAmounts } from '../catalog/index.ts'
import type { PicoUsd } from '../core/index.ts'
import { chargeOf } from '../record/index.ts'
import type { Attempt } from './attempt.ts'
import type { ChatRequest } from './chat-request.ts'
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

/** How long prompt and answers of a request may be, in tokens. */
export interface Lengths {
  readonly inputTokens: number
  /** Of each answer; null: not bounded. */
  readonly outputTokens: number | null
  readonly answers: number
}

/** What a request says of its lengths; the prompt is an estimate. Pure. */
export function lengthsOf({ route, answers }: Pick<ChatRequest, 'route' | 'answers'>): Lengths {
  return { inputTokens: route.estimatedInputTokens, outputTokens: route.maxOutputTokens, answers }
}

/** What is assumed of an answer that is made to its end unseen, where the request does not bound it. */
const unseenTokens = 1000

/** Charges a request as `chargedFor` does, and holds something where the charge is unknown. Pure. */
export function chargeFor(attempts: readonly Attempt[], caller: Caller, lengths: Lengths): Charge {
  const markup = markupOf(caller)
  const charged = chargedFor(attempts, markup)
  const last = attempts.at(-1)
  return { charged, held: charged === null && last ? marked(heldCost(last, lengths), markup) : 0n }
}

/**
 * The most that one attempt can cost the caller: the dearest candidate for the estimated prompt and the longest
 * answers that were asked for. `isBound` is false where the request sets no such length: then it is the prompt alone. Pure.
 */
export function worstCharge(
  { decision }: Pick<Route, 'decision'>,
  caller: Caller,
  { inputTokens, outputTokens, answers }: Lengths,
): { readonly amount: PicoUsd; readonly isBound: boolean } {
  const input = BigInt(inputTokens)
  const output = BigInt((outputTokens ?? 0) * answers)
  const costs = decision.candidates
    .flatMap(({ endpoint }) => everyAmounts(endpoint.price))
    .map(amounts => input * dearestInput(amounts) + output * dearestOutput(amounts) + amounts.request)
  const worst = costs.reduce((most, cost) => (cost > most ? cost : most), 0n)
  return { amount: marked(worst, markupOf(caller)), isBound: outputTokens !== null }
}

/** Estimated from the prompt and the answers, at the default price: what came of them, or all where they are made to their end. */
function heldCost({ candidate, exchange, cost }: Attempt, lengths: Lengths): PicoUsd {
  const { input, output, request } = candidate.endpoint.price
  const seen = Math.ceil(exchange.text.length / 4)
  const whole = (lengths.outputTokens ?? unseenTokens) * lengths.answers
  const made = cost.unknownReason === 'canceled_in_full' ? Math.max(seen, whole) : seen
  return BigInt(lengths.inputTokens) * input + BigInt(made) * output + request
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
