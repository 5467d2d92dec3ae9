import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'
import type { FaultRule } from './faults.ts'

/** How well an endpoint does for a while. */
export const regimeNames = ['healthy', 'slow', 'rate_limited', 'erroring', 'down'] as const

/** One of `regimeNames`. */
export type RegimeName = (typeof regimeNames)[number]

/** How the regime of a provider, or of one of its endpoints, changes in the time of a run. */
export interface RegimeRule {
  readonly provider: string
  /** Model id; null: all models of the provider, which then share each change. */
  readonly model: string | null
  readonly course: RegimeCourse
  /** Latencies while `slow` are multiplied by this. */
  readonly slowFactor: number
  /** Share of requests that get a 429 while `rate_limited` or an error while `erroring`, 0–1. */
  readonly ratio: number
  /** HTTP status while `erroring`. */
  readonly status: number
}

/** By lot, or as a script says. */
export type RegimeCourse =
  /**
   * A Markov process: exponential dwell times with these means, in milliseconds. Healthy at first; from healthy
   * to one of the others that have a mean, each as likely; from any other back to healthy; or by weights.
   */
  | {
      readonly kind: 'drawn'
      readonly meanMs: Readonly<Partial<Record<RegimeName, number>>>
      /** Weights of the next regime by the present one; a regime without a row goes as without this. */
      readonly transitions?: Readonly<Partial<Record<RegimeName, RegimeWeights>>>
    }
  /** Each regime holds from its time until the next; healthy before the first. Ascending times. */
  | {
      readonly kind: 'script'
      readonly steps: readonly { readonly atMs: number; readonly regime: RegimeName }[]
    }

/** How likely each regime is to come next, relative to each other. */
export type RegimeWeights = Readonly<Partial<Record<RegimeName, number>>>

/** The regime of one rule over time. */
export interface RegimeProcess {
  /** The regime at an instant; instants may be asked for in any order. */
  at(elapsedMs: number): RegimeName
}

/** Changes that are remembered; a run of a day with a change every second fits. */
const maxChanges = 100_000

/**
 * Makes the course of a rule. Deterministic: a drawn course is one fixed path of its `rng`, made as far as it is
 * asked for, so that it does not depend on when or how often it is looked at.
 */
export function createRegimeProcess(course: RegimeCourse, rng: Rng): RegimeProcess {
  if (course.kind === 'script') return Object.freeze({ at: (ms: number) => scripted(course.steps, ms) })
  const { meanMs } = course
  const bad = regimeNames.filter(name => name !== 'healthy' && (meanMs[name] ?? 0) > 0)
  const changes: { readonly untilMs: number; readonly regime: RegimeName }[] = []
  const healthyMs = meanMs.healthy ?? 0

  function after(present: RegimeName): RegimeName {
    const weights = course.kind === 'drawn' ? course.transitions?.[present] : undefined
    if (weights) return drawnBy(weights, rng.next()) ?? present
    return present === 'healthy' ? (bad[rng.int(bad.length)] ?? 'healthy') : 'healthy'
  }

  function extend(): void {
    const last = changes.at(-1)
    const regime = last ? after(last.regime) : 'healthy'
    const mean = regime === 'healthy' ? healthyMs : (meanMs[regime] ?? 0)
    changes.push({ untilMs: (last?.untilMs ?? 0) + rng.exponential(mean), regime })
  }

  function at(elapsedMs: number): RegimeName {
    if (bad.length === 0) return 'healthy'
    while ((changes.at(-1)?.untilMs ?? 0) <= elapsedMs && changes.length < maxChanges) extend()
    return changes[firstAfter(changes, elapsedMs)]?.regime ?? 'healthy'
  }
  return Object.freeze({ at })
}

function scripted(
  steps: readonly { readonly atMs: number; readonly regime: RegimeName }[],
  elapsedMs: number,
): RegimeName {
  return steps.findLast(({ atMs }) => atMs <= elapsedMs)?.regime ?? 'healthy'
}

/** The regime that a draw from [0, 1) falls on; null: none has a weight. */
function drawnBy(weights: RegimeWeights, draw: number): RegimeName | null {
  const rows = regimeNames
    .map(regime => ({ regime, weight: weights[regime] ?? 0 }))
    .filter(({ weight }) => weight > 0)
  let left = draw * rows.reduce((sum, { weight }) => sum + weight, 0)
  for (const { regime, weight } of rows) {
    left -= weight
    if (left < 0) return regime
  }
  return rows.at(-1)?.regime ?? null
}

/** Position of the first change that ends after an instant, by halving. */
function firstAfter(changes: readonly { readonly untilMs: number }[], elapsedMs: number): number {
  let low = 0
  let high = changes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((changes[middle]?.untilMs ?? 0) > elapsedMs) high = middle
    else low = middle + 1
  }
  return low
}

/** Whether a rule is about an endpoint. Pure. */
export function isAbout(
  { provider, model }: { readonly provider: string; readonly model: string | null },
  endpoint: Endpoint,
): boolean {
  return provider === endpoint.provider.id && (model === null || model === endpoint.modelId)
}

/** The fault that a regime is for each request of an endpoint; null: healthy. Pure. */
export function regimeFault(rule: RegimeRule, regime: RegimeName): FaultRule | null {
  const { provider, model, ratio, status } = rule
  const always = { provider, model, fromMs: 0, toMs: null, delayMs: 0, status, ratio: 1 }
  switch (regime) {
    case 'healthy':
      return null
    case 'slow':
      return { ...always, kind: 'slow', factor: rule.slowFactor }
    case 'rate_limited':
      return { ...always, kind: 'rate_limit', ratio }
    case 'erroring':
      return { ...always, kind: 'status', ratio }
    case 'down':
      return { ...always, kind: 'outage' }
  }
}
