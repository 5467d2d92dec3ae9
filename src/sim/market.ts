import type { Catalog, Endpoint, Provider } from '../catalog/index.ts'
import { type Clock, nsPerMs, type Rng } from '../core/index.ts'
import { type Arrival, createEndpointModel, type EndpointModel } from './model/endpoint-model.ts'
import type { FaultRule } from './model/faults.ts'
import { createTally, type EndpointStats, type Tally } from './tally.ts'

/** What the market is made of. */
export interface MarketOptions {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly rng: Rng
  /** How many milliseconds of simulated time pass in one of real time. */
  readonly speed: number
  readonly faults: readonly FaultRule[]
}

/** A fresh start: another fault script and, when given, other draws. */
export interface MarketReset {
  readonly faults: readonly FaultRule[]
  /** null: the draws the market was made with, from their beginning. */
  readonly rng: Rng | null
}

/** One open stall: an endpoint's model and its counts. */
export interface Stall {
  readonly endpoint: Endpoint
  readonly tally: Tally
  /** Decides the answer to a request that arrives now. */
  admit(arrival: Omit<Arrival, 'nowMs' | 'elapsedMs' | 'faults'>): ReturnType<EndpointModel['admit']>
}

/** All simulated endpoints with their state, independent of any protocol. */
export interface Market {
  readonly provider: (providerId: string) => Provider | undefined
  readonly models: (providerId: string) => readonly Endpoint[]
  /** The endpoint that a provider serves under that name of its own API. */
  stall(providerId: string, upstreamModel: string): Stall | undefined
  /** Replaces the fault script; its times keep counting from the same start. */
  setFaults(rules: readonly FaultRule[]): void
  /** Makes now the start of the fault script. */
  restartClock(): void
  /** Cold caches, full limits, zero counts, first attempts again; now is the start of the script. */
  reset(options: MarketReset): void
  /** Endpoints that had at least one request, by id. */
  stats(): readonly EndpointStats[]
}

/** Makes the market. Fault windows run in real time, caches and limits in simulated time. */
export function createMarket(options: MarketOptions): Market {
  const { catalog, clock, speed } = options
  const served = new Map<string, Endpoint>()
  // The first endpoint wins when a provider serves several under one name.
  for (const endpoint of [...catalog.endpoints.values()].toReversed())
    served.set(nameOf(endpoint.provider.id, endpoint.upstreamModel), endpoint)
  const stalls = new Map<string, Stall>()
  let { faults, rng } = options
  let startNs = clock.monoNs()
  const elapsedMs = () => (clock.monoNs() - startNs) / nsPerMs

  function open(endpoint: Endpoint): Stall {
    const model = createEndpointModel({ endpoint, rng })
    const tally = createTally(endpoint.id)
    const admit: Stall['admit'] = arrival => {
      const nowMs = (clock.monoNs() / nsPerMs) * speed
      return model.admit({ ...arrival, nowMs, elapsedMs: elapsedMs(), faults })
    }
    const stall = Object.freeze({ endpoint, tally, admit })
    stalls.set(endpoint.id, stall)
    return stall
  }
  return Object.freeze({
    provider: (id: string) => catalog.providers.get(id),
    models: (id: string) => [...catalog.endpoints.values()].filter(({ provider }) => provider.id === id),
    stall: (providerId: string, upstreamModel: string) => {
      const endpoint = served.get(nameOf(providerId, upstreamModel))
      return endpoint && (stalls.get(endpoint.id) ?? open(endpoint))
    },
    setFaults: (rules: readonly FaultRule[]) => void (faults = rules),
    restartClock: () => void (startNs = clock.monoNs()),
    reset: (fresh: MarketReset) => {
      faults = fresh.faults
      rng = fresh.rng ?? options.rng
      startNs = clock.monoNs()
      stalls.clear()
    },
    stats: () =>
      [...stalls.values()]
        .map(({ tally }) => tally.stats())
        .toSorted((a, b) => a.endpoint.localeCompare(b.endpoint)),
  })
}

function nameOf(providerId: string, upstreamModel: string): string {
  return `${providerId}\u0000${upstreamModel}`
}
