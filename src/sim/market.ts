import type { Catalog, Endpoint, Provider } from '../catalog/index.ts'
import { type Clock, nsPerMs, type Rng } from '../core/index.ts'
import { createKeyNumbers } from './key-numbers.ts'
import type { Calibration } from './model/calibration.ts'
import type { Arrival, EndpointModel } from './model/endpoint-model.ts'
import type { FaultRule } from './model/faults.ts'
import { type Conditions, conditionsAt, type MarketChange } from './model/market-changes.ts'
import { digestPrompt, type PromptDigest, type PromptPart } from './model/prompt-digest.ts'
import type { RegimeRule } from './model/regimes.ts'
import { createRegimeBoard, type RegimeStats } from './regime-board.ts'
import type { Tokenizer } from './model/tokenizer.ts'
import type { EndpointStats, Tally } from './tally.ts'
import type { Tokenizers } from './tokenizers.ts'
import { createWares } from './wares.ts'

/** What a script says beside faults. */
export interface MarketScript {
  /** Good and bad times of providers; default: all healthy. The first rule about an endpoint holds. */
  readonly regimes?: readonly RegimeRule[]
  /** What changes for good; default: nothing. */
  readonly changes?: readonly MarketChange[]
}

/** What the market is made of. */
export interface MarketOptions extends MarketScript {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly rng: Rng
  /** How many milliseconds of simulated time pass in one of real time. */
  readonly speed: number
  readonly faults: readonly FaultRule[]
  /** How fast each endpoint is; left out: the built-in calibration. */
  readonly calibration?: Calibration
  /** What counts tokens; left out: tokenizers of its own. */
  readonly tokenizers?: Tokenizers
  /** Whether free answers are only counted and timed, not written; left out: they are written. */
  readonly isUnwritten?: boolean
}

/** A fresh start: another script and, when given, other draws. */
export interface MarketReset extends MarketScript {
  readonly faults: readonly FaultRule[]
  /** null: the draws the market was made with, from their beginning. */
  readonly rng: Rng | null
}

/** What the caller's side says of a request; the market adds the rest. */
export type CallerArrival = Pick<Arrival, 'request' | 'keyId' | 'drawId' | 'isReused'>

/** One open stall: an endpoint's model and its counts. */
export interface Stall {
  /** The endpoint as it is at this instant: a changed price or context shows here. */
  readonly endpoint: Endpoint
  readonly tally: Tally
  /** Counts the model's tokens. */
  readonly tokenizer: Tokenizer
  /** A prompt as this endpoint counts and caches it. */
  digest(parts: readonly PromptPart[]): PromptDigest
  /** Decides the answer to a request that arrives now. */
  admit(arrival: CallerArrival): ReturnType<EndpointModel['admit']>
}

/** All simulated endpoints with their state, independent of any protocol. */
export interface Market {
  readonly provider: (providerId: string) => Provider | undefined
  readonly models: (providerId: string) => readonly Endpoint[]
  /**
   * The endpoint that a provider serves under that name of its own API, of that tier or, without one, of the usual tier; a
   * withdrawn one is not served.
   */
  stall(providerId: string, upstreamModel: string, tier?: Endpoint['tier']): Stall | undefined
  /** Loads what counting tokens needs, so that no request has to wait for it. */
  loadTokenizers(): void
  /** Replaces the fault script; its times keep counting from the same start. */
  setFaults(rules: readonly FaultRule[]): void
  /** Makes now the start of the script. */
  restartClock(): void
  /** Cold caches, full limits, zero counts, first attempts again; now is the start of the script. */
  reset(options: MarketReset): void
  /** Endpoints that had at least one request, by id. */
  stats(): readonly EndpointStats[]
  /** The regimes of now, in the order of the script. */
  regimes(): readonly RegimeStats[]
}

/** Makes the market. Times of the script run in real time, caches and limits in simulated time. */
export function createMarket(options: MarketOptions): Market {
  const { catalog, clock, speed } = options
  const served = servedNames(catalog)
  const wares = createWares(options)
  const keyNumbers = createKeyNumbers()
  let { faults, rng, changes = [] } = options
  let board = createRegimeBoard(options.regimes ?? [], rng)
  let startNs = clock.monoNs()
  const elapsedMs = () => (clock.monoNs() - startNs) / nsPerMs
  const conditionsOf = (endpoint: Endpoint) => conditionsAt(changes, endpoint, elapsedMs())

  function open(listed: Endpoint, conditions: Conditions): Stall {
    const { model, tokenizer, tally } = wares.of(listed, rng)
    const { endpoint, qualityFactor, speedFactor } = conditions
    const admit: Stall['admit'] = arrival =>
      model.admit({
        ...arrival,
        nowMs: (clock.monoNs() / nsPerMs) * speed,
        elapsedMs: elapsedMs(),
        faults,
        regimeFault: board.faultOf(listed, elapsedMs()),
        keyNumber: keyNumbers.of(listed.provider.id, arrival.keyId),
        contextTokens: endpoint.contextTokens,
        qualityFactor,
        pace: { ttftFactor: 1 / speedFactor, decodeFactor: speedFactor },
      })
    const digest = (parts: readonly PromptPart[]) => digestPrompt(parts, { cache: endpoint.cache, tokenizer })
    return Object.freeze({ endpoint, tally, tokenizer, digest, admit })
  }
  return Object.freeze({
    provider: (id: string) => catalog.providers.get(id),
    models: (id: string) => listedOf(catalog, id).filter(endpoint => !conditionsOf(endpoint).isWithdrawn),
    stall: (providerId: string, upstreamModel: string, tier: Endpoint['tier'] = 'default') => {
      const name = nameOf(providerId, upstreamModel)
      const listed = served.get(`${name}\u0000${tier}`) ?? served.get(`${name}\u0000default`)
      const conditions = listed && conditionsOf(listed)
      return conditions && !conditions.isWithdrawn ? open(listed, conditions) : undefined
    },
    loadTokenizers: wares.loadTokenizers,
    setFaults: (rules: readonly FaultRule[]) => void (faults = rules),
    restartClock: () => void (startNs = clock.monoNs()),
    reset: (fresh: MarketReset) => {
      ;({ faults, changes = [] } = fresh)
      rng = fresh.rng ?? options.rng
      board = createRegimeBoard(fresh.regimes ?? [], rng)
      startNs = clock.monoNs()
      wares.clear()
      keyNumbers.clear()
    },
    stats: () =>
      wares
        .all()
        .map(({ tally }) => tally.stats())
        .filter(({ requests }) => requests > 0)
        .toSorted((a, b) => a.endpoint.localeCompare(b.endpoint)),
    regimes: () => board.stats(elapsedMs()),
  })
}

/** What a provider lists: each model once, whatever its tiers. */
function listedOf({ endpoints }: Catalog, providerId: string): readonly Endpoint[] {
  return [...endpoints.values()].filter(
    ({ provider, tier }) => provider.id === providerId && tier === 'default',
  )
}

/** Endpoints by provider, name in its API and tier; the first wins when a provider serves several under one name. */
function servedNames({ endpoints }: Catalog): ReadonlyMap<string, Endpoint> {
  const inReverse = [...endpoints.values()].toReversed()
  return new Map(
    inReverse.map(endpoint => {
      const name = nameOf(endpoint.provider.id, endpoint.upstreamModel)
      return [`${name}\u0000${endpoint.tier}`, endpoint] as const
    }),
  )
}

function nameOf(providerId: string, upstreamModel: string): string {
  return `${providerId}\u0000${upstreamModel}`
}
