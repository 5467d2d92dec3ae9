import type { FaultRule } from '../../src/sim/index.ts'
import { allModes, type Mode, plainModes } from './mode.ts'

/** What a fault is to the caller of an endpoint that has it. */
export type Effect =
  /** The answer is right all the same. */
  | 'harmless'
  /** Nothing of the answer comes. */
  | 'before_token'
  /** A part of the answer comes. Without a stream nobody has seen it. */
  | 'mid_answer'
  /** The request itself is refused; no other endpoint would take it. */
  | 'callers'

/** How a trial asks. */
export type Play =
  | 'once'
  /** A second time at once: an endpoint that asked to be left alone is. */
  | 'twice'
  /** A first time without the fault, so that connections are open. */
  | 'after_warming'
  /** Many times, while the fault comes and goes. */
  | 'through_flapping'
  /** Until the endpoint whose fault has ended serves again. */
  | 'until_recovered'

/** Endpoints of one trial, by provider; the request names them in this order. */
export interface Hosts {
  readonly first: string
  /** Faulty only where two fail at once. */
  readonly second: string
}

/** One row of the fault matrix. */
export interface FaultCase {
  readonly name: string
  readonly effect: Effect
  readonly play: Play
  readonly faults: (hosts: Hosts) => readonly FaultRule[]
  /** How it is asked for. */
  readonly modes: readonly Mode[]
  /** Statuses of an honest error, where nobody can serve. */
  readonly statuses: readonly number[]
  /** Keys of each provider. */
  readonly keys: 1 | 2
  /** Whether the provider says how long to wait, so that the router has to know, and to tell a caller it cannot serve. */
  readonly asksWait: boolean
  /** Whether two endpoints are faulty. */
  readonly isDouble: boolean
  /** Whether nobody listens at the first endpoint's port. */
  readonly isUnreachable: boolean
  /** Deadline that the first attempt's record has to name, streamed and not; null: any or none. */
  readonly deadline: { readonly stream: string; readonly unary: string } | null
  /** The provider misstates usage, so that record and bill cannot agree on output tokens and cost. */
  readonly liesAboutUsage: boolean
}

/** A case by what is special about it. */
export function faultCase(
  name: string,
  effect: Effect,
  more: Partial<Omit<FaultCase, 'name' | 'effect'>>,
): FaultCase {
  return {
    name,
    effect,
    play: 'once',
    modes: effect === 'mid_answer' ? allModes : plainModes,
    faults: () => [],
    statuses: [502],
    keys: 1,
    asksWait: false,
    isDouble: false,
    isUnreachable: false,
    deadline: null,
    liesAboutUsage: false,
    ...more,
  }
}

/** A fault that is always on, at a provider. */
export function faultAt(
  provider: string,
  kind: FaultRule['kind'],
  changes: Partial<FaultRule> = {},
): FaultRule {
  const always = { model: null, status: 503, fromMs: 0, toMs: null, ratio: 1, delayMs: 0 }
  return { provider, kind, ...always, ...changes }
}
