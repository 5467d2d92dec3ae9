import type { Catalog, Endpoint } from '../../catalog/index.ts'
import { type Clock, nsPerMs, type PicoUsd, type Rng } from '../../core/index.ts'
import { billedCost } from '../log/billed-cost.ts'
import { createMarket, type MarketScript } from '../market.ts'
import type { AnswerPlan } from '../model/answer.ts'
import type { ModelRequest } from '../model/answer-plan.ts'
import type { Calibration } from '../model/calibration.ts'
import type { FaultRule } from '../model/faults.ts'

/** A request to one endpoint at one instant. */
export interface VirtualRequest {
  /** Milliseconds of simulated time after the start. */
  readonly atMs: number
  /** Id of an endpoint in the catalogue. */
  readonly endpointId: string
  /** Its prompt digested for that endpoint's cache. */
  readonly request: ModelRequest
  /** Whose caches and limits count: an identity of the API key. */
  readonly keyId: string
  /** Identity for the draws; null: the prompt itself. */
  readonly drawId: string | null
}

/** What became of a request that nobody gave up. */
export interface VirtualAnswer {
  readonly atMs: number
  readonly endpointId: string
  /** 24 hex digits, as the HTTP servers put into their ids; null where nobody answers. */
  readonly id: string | null
  /** What the HTTP servers would play; null: the provider does not serve the model at this time. */
  readonly plan: AnswerPlan | null
  /** What the provider would bill. */
  readonly billed: PicoUsd
}

/** What a simulation in virtual time is made of. Times of the script are simulated time too. */
export interface SimulateOptions extends MarketScript {
  readonly catalog: Catalog
  readonly rng: Rng
  /** In the order of their times. */
  readonly requests: Iterable<VirtualRequest>
  readonly faults?: readonly FaultRule[]
  /** Left out: the built-in calibration. */
  readonly calibration?: Calibration
  /**
   * Whether free answers are only counted, timed and billed, not written: their plans have blocks without text and
   * no chunks (but those that a fault breaks off), and are otherwise the same. Left out: they are written.
   */
  readonly isUnwritten?: boolean
}

/**
 * Answers requests in virtual time, without HTTP, timers or a clock, one for each request that is pulled.
 *
 * The market is the one that the HTTP servers play, so the plans are theirs for the same seed, script and arrivals.
 * The same options give the same answers, to the byte.
 *
 * @throws RangeError when a request is earlier than the one before, or names an endpoint the catalogue has not
 */
export function* simulate(options: SimulateOptions): Generator<VirtualAnswer> {
  const { catalog, requests, faults = [], ...rest } = options
  let nowMs = 0
  const clock = clockAt(() => nowMs * nsPerMs)
  const market = createMarket({ ...rest, catalog, faults, clock, speed: 1 })
  for (const { atMs, endpointId, ...arrival } of requests) {
    if (atMs < nowMs) throw new RangeError(`A request at ${atMs} ms comes after one at ${nowMs} ms.`)
    nowMs = atMs
    const listed = catalog.endpoints.get(endpointId)
    if (!listed) throw new RangeError(`The catalogue has no endpoint ${endpointId}.`)
    const stall = market.stall(listed.provider.id, listed.upstreamModel, listed.tier)
    if (!stall) {
      yield { atMs, endpointId, id: null, plan: null, billed: 0n }
      continue
    }
    const { id, plan } = stall.admit({ ...arrival, isReused: false })
    yield { atMs, endpointId, id, plan, billed: billedFor(plan, stall.endpoint, atMs) }
  }
}

/** Virtual time begins at 1970, a Thursday. */
function billedFor(plan: AnswerPlan, { price, provider }: Endpoint, atMs: number): PicoUsd {
  if (plan.kind !== 'answer') return 0n
  const sent = plan.cut ? plan.cut.afterChunks / Math.max(1, plan.chunks.length) : 1
  return billedCost(price, {
    ended: plan.cut ? 'cut' : 'complete',
    usage: plan.usage,
    wasBegun: true,
    madeTokens: Math.round(plan.usage.outputTokens * sent),
    billsCanceled: provider.billsCanceled,
    atEpochMs: atMs,
  })
}

/** A clock that only shows the time; nothing in virtual time waits on it. */
function clockAt(monoNs: () => number): Clock {
  const toEpochUs = (atNs: number) => Math.round(atNs / 1000)
  return Object.freeze({
    monoNs,
    toEpochUs,
    epochUs: () => toEpochUs(monoNs()),
    sleepUntil: () => Promise.reject(new Error('Nobody may wait in virtual time.')),
  })
}
