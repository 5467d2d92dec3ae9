import type { Endpoint } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import type { FaultRule } from './model/faults.ts'
import {
  createRegimeProcess,
  isAbout,
  regimeFault,
  type RegimeName,
  type RegimeRule,
} from './model/regimes.ts'

/** The regime of one rule at an instant. */
export interface RegimeStats {
  readonly provider: string
  /** null: all models of the provider. */
  readonly model: string | null
  readonly regime: RegimeName
}

/** The regimes of a market. */
export interface RegimeBoard {
  /** What the regime of an endpoint does to its requests at an instant; null: nothing. */
  faultOf(endpoint: Endpoint, elapsedMs: number): FaultRule | null
  /** In the order of the rules. */
  stats(elapsedMs: number): readonly RegimeStats[]
}

/**
 * Makes the courses of these rules. The first rule about an endpoint holds. Deterministic: rules draw from forks
 * named by whom they are about, so that one more rule does not change the courses of the others.
 */
export function createRegimeBoard(rules: readonly RegimeRule[], rng: Rng): RegimeBoard {
  const courses = rules.map(rule => ({
    rule,
    process: createRegimeProcess(rule.course, rng.fork(`regime/${rule.provider}/${rule.model ?? ''}`)),
  }))
  return Object.freeze({
    faultOf: (endpoint: Endpoint, elapsedMs: number) => {
      const course = courses.find(({ rule }) => isAbout(rule, endpoint))
      return course ? regimeFault(course.rule, course.process.at(elapsedMs)) : null
    },
    stats: (elapsedMs: number) =>
      courses.map(({ rule: { provider, model }, process }) => ({
        provider,
        model,
        regime: process.at(elapsedMs),
      })),
  })
}
