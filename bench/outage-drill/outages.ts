import type { Rng } from '../../src/core/index.ts'
import type { FaultRule } from '../../src/sim/index.ts'
import { faultAt } from '../fault-matrix/fault-case.ts'
import { openWorld, type WorldBooks } from '../fault-matrix/world.ts'
import { type Asked, endpointFor, keepAsking, quickDeadlines } from './keep-asking.ts'

/** In the first seconds breakers learn of the outage; what comes later is the steady state. */
export const learningMs = 10_000

/** Two endpoints down for a while, beside a healthy one or alone. */
export interface Outage {
  readonly kind: FaultRule['kind']
  readonly hasHealthy: boolean
}

/** What an outage came to. */
export interface OutageResult extends Outage {
  readonly requests: number
  readonly served: number
  /** Neither served nor told honestly why not. */
  readonly wrong: number
  /** Attempts a request, of the whole outage and of its steady state. */
  readonly attempts: number
  readonly steadyAttempts: number
  /** Attempts a minute that met a dead endpoint in the steady state. */
  readonly deadPerMinute: number
}

/** Asks 20 times a second for as long as the outage lasts. */
export async function playOutage(
  outage: Outage,
  { forMs, rng }: { readonly forMs: number; readonly rng: Rng },
): Promise<OutageResult> {
  const model = 'drill/one'
  const dead = ['dead1', 'dead2']
  const hosts = [...dead, ...(outage.hasHealthy ? ['well'] : [])]
  const world = await openWorld({
    endpoints: hosts.map(host => endpointFor(host, model)),
    faults: dead.map(host => faultAt(host, outage.kind)),
    settings: quickDeadlines,
    seed: `${outage.kind} ${outage.hasHealthy}`,
    keys: 1,
    unreachable: new Set(),
  })
  const isOver = (_: readonly Asked[], nowMs: number) => nowMs >= forMs
  const asked = await keepAsking(world, { model, perSecond: 20, rng, provider: {}, isOver })
  return { ...outage, ...figures(asked, await world.close(), forMs) }
}

function figures(
  asked: readonly Asked[],
  { requests, attempts }: WorldBooks,
  forMs: number,
): Omit<OutageResult, keyof Outage> {
  const attemptsOf = new Map(requests.map(row => [row.request_id, row.attempts]))
  const perRequest = (some: readonly Asked[]) =>
    some.reduce((sum, { view }) => sum + (attemptsOf.get(view.requestId) ?? 0), 0) / some.length
  const steady = asked.filter(({ atMs }) => atMs >= learningMs)
  const ids = new Set(steady.map(({ view }) => view.requestId))
  const toDead = attempts.filter(row => ids.has(row.request_id) && row.provider.startsWith('dead'))
  return {
    requests: asked.length,
    served: asked.filter(({ view }) => view.kind === 'served').length,
    wrong: asked.filter(({ view }) => view.kind === 'wrong').length,
    attempts: perRequest(asked),
    steadyAttempts: perRequest(steady),
    deadPerMinute: toDead.length / ((forMs - learningMs) / 60_000),
  }
}
