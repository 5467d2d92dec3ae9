import { errorTypeOf } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'

/** What the row of a request says about its attempts as a whole. Pure. */
export function fallbackColumns(attempts: readonly Attempt[]) {
  const fallback = fallbackOf(attempts)
  return {
    attempts: Math.min(attempts.length, 255),
    fallback,
    fallback_cause: fallback === 'none' ? '' : causeOf(attempts),
    rate_limited: attempts.some(a => errorTypeOf(a.exchange) === 'rate_limit_exceeded'),
  } as const
}

/** A hedge that lost is no fallback: the first attempt answered. */
function fallbackOf(attempts: readonly Attempt[]) {
  const first = firstOf(attempts)
  const counted = attempts.filter(({ kind, isLost }) => kind !== 'hedge' || !isLost)
  const models = new Set(counted.map(({ candidate }) => candidate.endpoint.modelId))
  if (models.size > 1 || counted.some(({ kind }) => kind === 'model_fallback')) return 'model'
  return counted.some(({ candidate }) => candidate.endpoint !== first?.candidate.endpoint)
    ? 'provider'
    : 'none'
}

/** `hedge`: the first attempt did not fail, it was slow. */
function causeOf(attempts: readonly Attempt[]): string {
  const first = firstOf(attempts)
  if (first?.isLost) return 'hedge'
  return first?.failure ? errorTypeOf(first.exchange) : 'no_endpoints'
}

function firstOf(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.find(({ no }) => no === 1)
}
