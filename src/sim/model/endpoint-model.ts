import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'
import type { AnswerPlan } from './answer.ts'
import { type ModelRequest, planAnswer } from './answer-plan.ts'
import type { Pace } from './answer-timing.ts'
import { cacheUseOf } from './cache-use.ts'
import { createCapacity } from './capacity.ts'
import { type FaultRule, faultFor } from './faults.ts'
import { createCheckers } from './fits-schema.ts'
import { createPrefixCache, type PrefixCache } from './prefix-cache.ts'
import type { EndpointProfile } from './profile.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'
import type { Tokenizer } from './tokenizer.ts'

/** One request as it reaches an endpoint. */
export interface Arrival {
  readonly request: ModelRequest
  /** Whose caches and limits count: an identity of the API key, never the key. */
  readonly keyId: string
  /** Identity for the draws; null: the prompt itself. */
  readonly drawId: string | null
  /** Simulated time: caches expire and limits refill by it. */
  readonly nowMs: number
  /** Time since the start of the fault script. */
  readonly elapsedMs: number
  readonly faults: readonly FaultRule[]
  /** What the present regime does to a request that no fault of the script hits; left out: nothing. */
  readonly regimeFault?: FaultRule | null
  /** Which of the provider's keys it came with, from 1; left out: the first. */
  readonly keyNumber?: number
  /** Whether its connection had carried an answer before; left out: no. */
  readonly isReused?: boolean
  /** Share of its usual share of right answers that the endpoint gives at this time; left out: 1. */
  readonly qualityFactor?: number
  /** Context of the endpoint at this time; left out: as the catalogue says. */
  readonly contextTokens?: number
  /** How much slower or faster the endpoint is at this time; left out: as its profile says. */
  readonly pace?: Pace
}

/** One endpoint with its memory: prompt caches, limits, the slots in use, and how often each request came. */
export interface EndpointModel {
  readonly endpoint: Endpoint
  readonly profile: EndpointProfile
  /** Decides an answer and remembers what the decision changed. `id` names it, 24 hex digits. */
  admit(arrival: Arrival): { readonly id: string; readonly plan: AnswerPlan }
}

/** Prefixes one key may hold; at 64 tokens a block some 12 million tokens. */
const maxPrefixes = 200_000
/** Requests whose attempts are counted; the oldest are forgotten. */
const maxIdentities = 100_000
/** Keys that are told apart; the oldest are forgotten, cache and limits included. */
const maxKeys = 1000

/**
 * Makes the model of one endpoint, with cold caches and full limits.
 *
 * Deterministic and without I/O: the same arrivals give the same answers. Draws depend on seed, endpoint,
 * request identity and the number of the attempt, not on the order in which different requests arrive.
 */
export function createEndpointModel(options: {
  readonly endpoint: Endpoint
  readonly profile: EndpointProfile
  readonly tokenizer: Tokenizer
  /** Whether free answers are only counted and timed, not written; left out: they are written. */
  readonly isUnwritten?: boolean
  readonly rng: Rng
}): EndpointModel {
  const { endpoint, profile, tokenizer, isUnwritten = false } = options
  const checkerOf = createCheckers()
  const capacity = createCapacity(profile.slots)
  const rng = options.rng.fork(endpoint.id)
  const attempts = new Map<string, number>()
  const keys = new Map<string, { readonly cache: PrefixCache; readonly limiter: RateLimiter }>()

  function nextAttempt(identity: string): number {
    const attempt = (attempts.get(identity) ?? 0) + 1
    remember(attempts, { key: identity, value: attempt, most: maxIdentities })
    return attempt
  }

  function memoryOf(keyId: string) {
    const known = keys.get(keyId)
    if (known) return known
    const made = {
      cache: createPrefixCache({ maxKeys: maxPrefixes }),
      limiter: createRateLimiter(endpoint.rateLimits),
    }
    remember(keys, { key: keyId, value: made, most: maxKeys })
    return made
  }

  function admit(arrival: Arrival) {
    const { request, nowMs, pace, qualityFactor, contextTokens = endpoint.contextTokens } = arrival
    const { cache, limiter } = memoryOf(arrival.keyId)
    const identity = arrival.drawId ?? `prompt ${request.prompt.key}`
    const draws = rng.fork(`${identity}/${nextAttempt(identity)}`)
    const cacheUse = cacheUseOf(request.prompt, endpoint.cache, { cache, nowMs })
    const plan = planAnswer({
      endpoint: contextTokens === endpoint.contextTokens ? endpoint : { ...endpoint, contextTokens },
      profile,
      request,
      cacheUse,
      fault: faultHitting(arrival, endpoint, draws),
      ...(qualityFactor !== undefined && { qualityFactor }),
      rng: draws,
      tokenizer,
      checkerOf,
      isUnwritten,
      ...(pace && { pace }),
      waitMs: capacity.waitMs(nowMs),
      takeRate: tokens => limiter.take(tokens, nowMs),
    })
    if (plan.kind === 'answer') {
      // A prefix can be read once prefill has ended, which is when the first token leaves.
      const readyAtMs = nowMs + (plan.chunks[0]?.atMs ?? plan.headersAtMs)
      for (const { keys: written, ttlMs } of cacheUse.writes)
        cache.write(written, { nowMs, readyAtMs, ttlMs })
      capacity.take(nowMs + plan.endAtMs)
      limiter.hold(nowMs + plan.endAtMs)
    }
    return { id: idOf(draws.fork('id')), plan }
  }
  return Object.freeze({ endpoint, profile, admit })
}

function faultHitting(arrival: Arrival, endpoint: Endpoint, rng: Rng): FaultRule | null {
  const { faults, regimeFault = null, elapsedMs, keyNumber = 1, isReused = false } = arrival
  const target = { endpoint, elapsedMs, keyNumber, isReused }
  const scripted = faultFor(faults, { ...target, rng })
  if (scripted || !regimeFault) return scripted
  return faultFor([regimeFault], { ...target, rng: rng.fork('regime') })
}

/** Sets an entry as the newest and drops the oldest beyond the bound. */
function remember<T>(
  map: Map<string, T>,
  entry: { readonly key: string; readonly value: T; readonly most: number },
): void {
  map.delete(entry.key)
  map.set(entry.key, entry.value)
  const oldest = map.keys().next()
  if (map.size > entry.most && !oldest.done) map.delete(oldest.value)
}

function idOf(rng: Rng): string {
  return hex32(rng) + hex32(rng) + hex32(rng)
}

/** The two hex digits of each byte: numbers above 2³¹ are slow to print in base 16. */
const hexDigits = Array.from({ length: 256 }, (_, byte) => (256 + byte).toString(16).slice(1))

/** Eight hex digits of one draw. */
function hex32(rng: Rng): string {
  const bits = rng.int(2 ** 32)
  const digitsAt = (shift: number) => hexDigits[(bits >>> shift) & 255] ?? ''
  return digitsAt(24) + digitsAt(16) + digitsAt(8) + digitsAt(0)
}
