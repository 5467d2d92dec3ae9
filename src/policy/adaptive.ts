import type { EndpointHealth } from '../health/index.ts'
import { affinityDraws } from './affinity-draw.ts'
import { type Contender, withBand } from './contender.ts'
import type { DrawOptions } from './load-balance.ts'
import type { Candidate } from './types.ts'

/** Part of the traffic that is spread evenly, so that no endpoint's numbers grow stale. */
const explorationShare = 0.05
/** Share falls with the square of the cost of a good answer, as it does with price by default. */
const costExponent = 2
/** Weight of time in the cost; 1 would make twice as slow as bad as twice as dear. */
const timeExponent = 0.5
/** An endpoint counts as at most so many times faster or slower than the middle one. */
const largestRatio = 4
/** Attempts that an endpoint is credited with as if they had gone well: one failure is no verdict. */
const creditedAttempts = 10
const lowestPrice = 0.001

/**
 * Shares of the adaptive strategy (docs/routing.md, Adaptive), one for each contender, adding up to 1:
 *
 * cost = price · (TTFT ÷ middle TTFT)^½ · (middle speed ÷ speed)^½ ÷ good
 * share = 0.95 · cost⁻² ÷ Σ cost⁻² + 0.05 ÷ n
 *
 * `good` is the part of attempts that were answered well: answered ÷ attempts of five minutes, rate limits and errors
 * being none, times the part of tool-call answers without a bad call. What is not known counts as middling.
 * An endpoint that is no worse in anything never has the smaller share. Pure.
 */
export function adaptiveShares(contenders: readonly Contender[]): readonly number[] {
  const healths = contenders.map(({ health }) => health)
  const middle = {
    ttftMs: middleOf(healths.map(({ ttftMs }) => ttftMs?.p50 ?? null)),
    tokensPerSecond: middleOf(healths.map(({ tokensPerSecond }) => tokensPerSecond?.p50 ?? null)),
  }
  const weights = contenders.map(({ price, health }) => {
    const cost = (Math.max(price, lowestPrice) * slownessOf(health, middle)) / goodOf(health)
    return cost ** -costExponent
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const explored = explorationShare / contenders.length
  return weights.map(weight => ((1 - explorationShare) * weight) / total + explored)
}

/**
 * Orders contenders by draws without replacement: the first by its share, each retry by the shares of those that are
 * left. Endpoints of the worst health band are drawn after all others. With an affinity key the draws are those of the
 * conversation instead of chance. Pure: one draw from `rng` for each contender, none with an affinity key.
 */
export function drawByShares(contenders: readonly Contender[], options: DrawOptions): readonly Candidate[] {
  return [contenders.filter(c => c.band < 2), contenders.filter(c => c.band === 2)].flatMap(group =>
    drawGroup(group, options),
  )
}

function drawGroup(group: readonly Contender[], { affinityKey, rng }: DrawOptions): readonly Candidate[] {
  const shares = adaptiveShares(group)
  const drawOf = affinityKey === null ? () => 1 - rng.next() : affinityDraws(affinityKey)
  // The least of exponential times with these rates is a draw by share, the next one a draw among the rest, and so on.
  return group
    .map((contender, index) => {
      const share = shares[index] ?? 0
      return { contender, share, time: -Math.log(drawOf(contender.endpoint.id)) / share }
    })
    .sort((a, b) => a.time - b.time)
    .map(({ contender, share }) => ({
      endpoint: contender.endpoint,
      score: share,
      reason: withBand(`drawn by adaptive share ${share.toFixed(4)}`, contender),
    }))
}

interface Middle {
  readonly ttftMs: number | null
  readonly tokensPerSecond: number | null
}

function slownessOf({ ttftMs, tokensPerSecond }: EndpointHealth, middle: Middle): number {
  const wait = ttftMs && middle.ttftMs !== null ? ratio(ttftMs.p50, middle.ttftMs) : 1
  const pace =
    tokensPerSecond && middle.tokensPerSecond !== null
      ? ratio(middle.tokensPerSecond, tokensPerSecond.p50)
      : 1
  return (wait * pace) ** timeExponent
}

function ratio(a: number, b: number): number {
  if (a === b) return 1
  return Math.min(Math.max(a / b, 1 / largestRatio), largestRatio)
}

/** In (0, 1]; the credit makes it 1 for an endpoint of which nothing is known. */
function goodOf(health: EndpointHealth): number {
  const { attempts, failed, rateLimited, toolCallRequests, badToolCallRequests } = health
  const answered = attempts - failed - rateLimited
  const goodCalls = toolCallRequests - badToolCallRequests
  return credited(answered, attempts) * credited(goodCalls, toolCallRequests)
}

function credited(good: number, all: number): number {
  return (good + creditedAttempts) / (all + creditedAttempts)
}

function middleOf(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null).sort((a, b) => a - b)
  return known[known.length >> 1] ?? null
}
