import type { Endpoint } from '../catalog/index.ts'
import { noPin, type Pin, pinAfterSuccess, type PinResult, type PinState, pinTtlMs } from './pin.ts'
import { poolPinAfter } from './pool-pin.ts'
import { matchesAny } from './slug.ts'
import type { ModelSticky, StickyPlan } from './sticky-plan.ts'
import type { Decision, PolicySettings, RouteRequest } from './types.ts'

/** What sticky routing did for a request; the names that records use. */
export type StickyResult = 'none' | 'new' | 'kept' | 'moved_fault' | 'moved_policy' | 'expired'

/** What became of a conversation's pin. */
export interface StickyOutcome {
  readonly result: StickyResult
  /** Why, with the endpoints' names: `moved from a/one to b/one: a/one failed with server (503)`. */
  readonly reason: string
  /** The pin to remember; null: the older one, if any, stays as it is. */
  readonly pin: Pin | null
  /** What to remember of the pool that the model was picked from; null: nothing new. */
  readonly poolPin: Pin | null
}

/** What the outcome depends on. */
export interface StickyOutcomeOptions {
  readonly plan: StickyPlan
  readonly decision: Decision
  readonly request: RouteRequest
  readonly settings: PolicySettings
  /** What is remembered of the pool that the serving model was picked from. */
  readonly poolPin: Pin | undefined
  /** Attempts that failed: `how` such as `server (503)`. */
  readonly failures: readonly { readonly endpointId: string; readonly how: string }[]
  /** The endpoint that answered in full; null: none did. */
  readonly served: Endpoint | null
  /** Whether the answer read from a cache or wrote to one. */
  readonly usedCache: boolean
  /** Whether the prompt asks caches to remember it for an hour. */
  readonly hasHourMark: boolean
  readonly nowNs: number
}

/**
 * Says what became of the conversation's pin, and where it is pinned from now on. A pin on the first candidate model
 * tells the story, also when another model answered in the end; without one, that on the model which answered. Pure.
 */
export function stickyOutcome(options: StickyOutcomeOptions): StickyOutcome {
  const { served } = options
  return { ...outcomeOf(options), poolPin: served && poolPinAfter(served, options) }
}

type Told = Omit<StickyOutcome, 'poolPin'>

function outcomeOf(options: StickyOutcomeOptions): Told {
  const { plan, served } = options
  const told = toldOf(plan, served)
  if (!told || told.off !== null) return none(`off: ${told?.off ?? 'no model'}`)
  const { pin } = told
  if (served) return answered({ ...options, served }, pin)
  return none(pin.kind === 'live' ? `no answer; the pin at ${pin.endpointId} stays` : 'no answer')
}

function toldOf({ models }: StickyPlan, served: Endpoint | null): ModelSticky | undefined {
  const [first] = models
  if (first && first.pin.kind !== 'none') return first
  return models.find(({ modelId }) => modelId === served?.modelId) ?? first
}

function none(reason: string): Told {
  return { result: 'none', reason, pin: null }
}

type Answered = StickyOutcomeOptions & { readonly served: Endpoint }

function answered(options: Answered, before: PinState): Told {
  const { served } = options
  const pinned = pinOf(options)
  const where = pinned.pin ? `now pinned at ${served.id}` : `not pinned at ${served.id}: ${pinned.why}`
  const outcome = (result: StickyResult, reason: string) => ({ result, reason, pin: pinned.pin })
  switch (before.kind) {
    case 'none':
      return outcome(pinned.pin ? 'new' : 'none', where)
    case 'expired':
      return outcome('expired', `idle pin at ${before.endpointId} expired; ${where}`)
    case 'live':
      return served.id === before.endpointId
        ? outcome('kept', `pinned at ${served.id}`)
        : outcome(...moved(before.endpointId, where, options))
  }
}

function pinOf(options: Answered): PinResult {
  const { plan, request, settings, served } = options
  const home = plan.models.find(({ modelId }) => modelId === served.modelId)
  const { order } = request.preferences
  if (!home || home.off !== null) return { pin: null, why: `off: ${home?.off ?? 'no candidate'}` }
  if (order.length > 0 && !matchesAny(served, order)) return { pin: null, why: 'it is not in provider.order' }
  return pinAfterSuccess({
    ...options,
    pin: plan.models.find(({ pin }) => pin.kind === 'live')?.pin ?? noPin,
    isExplicit: plan.conversation?.isExplicit ?? false,
    ttlMs: pinTtlMs(served, settings, options.hasHourMark),
  })
}

/** Why the pinned endpoint did not answer: a rule of this request, or trouble of its own. */
function moved(from: string, where: string, options: StickyOutcomeOptions): [StickyResult, string] {
  const { decision, failures } = options
  const say = (result: StickyResult, cause: string): [StickyResult, string] => [
    result,
    `moved: ${from} ${cause}; ${where}`,
  ]
  const exclusion = decision.models.flatMap(m => m.excluded).find(e => e.endpoint.id === from)
  if (exclusion?.rule === 'cool_down') return say('moved_fault', 'is in cool-down')
  if (exclusion?.rule === 'breaker_open') return say('moved_fault', 'has failed of late and rests')
  if (exclusion) return say('moved_policy', `is excluded by ${exclusion.rule}`)
  const failure = failures.find(({ endpointId }) => endpointId === from)
  if (failure) return say('moved_fault', `failed with ${failure.how}`)
  const candidate = decision.candidates.find(c => c.endpoint.id === from)
  if (candidate) return say('moved_fault', `stood back (${candidate.reason})`)
  return say('moved_policy', 'is no longer in the catalogue')
}
