import type { Rng } from '../../src/core/index.ts'
import { faultAt } from '../fault-matrix/fault-case.ts'
import { openWorld } from '../fault-matrix/world.ts'
import { type Asked, endpointFor, keepAsking, quickDeadlines, wonBy } from './keep-asking.ts'

/** How long a mended endpoint waited for a request to answer, and how long it had been down. */
export interface Recovery {
  /** Whether requests named the endpoint first; else they were balanced. */
  readonly isOrdered: boolean
  readonly downMs: number
  /** Infinity: none came within a minute and a half. */
  readonly lagMs: number
}

const patienceMs = 90_000

/** Pairs of endpoints that get two requests a second; the first of each is down for a drawn time of at most `forMs`. */
export async function playRecoveries(
  pairs: number,
  { forMs, rng }: { readonly forMs: number; readonly rng: Rng },
): Promise<readonly Recovery[]> {
  const down = Array.from({ length: pairs }, (_, at) => {
    const downMs = 2_000 + rng.fork(`down ${at}`).next() * (forMs - 2_000)
    return { model: `drill/${at}`, hosts: [`first${at}`, `second${at}`], isOrdered: at % 2 === 0, downMs }
  })
  const world = await openWorld({
    endpoints: down.flatMap(({ hosts, model }) => hosts.map(host => endpointFor(host, model))),
    faults: down.flatMap(({ hosts: [first = ''], downMs }) => [faultAt(first, 'outage', { toMs: downMs })]),
    settings: quickDeadlines,
    seed: 'recovery',
    keys: 1,
    unreachable: new Set(),
  })
  const recoveries = await Promise.all(
    down.map(async ({ model, hosts, isOrdered, downMs }) => {
      const [first = ''] = hosts
      const served = (asked: readonly Asked[]) =>
        asked.filter(({ view, atMs }) => atMs > downMs && wonBy(world, view, first))
      const asked = await keepAsking(world, {
        model,
        perSecond: 2,
        rng: rng.fork(model),
        provider: isOrdered ? { order: hosts } : {},
        isOver: (some, nowMs) => nowMs > downMs + patienceMs || served(some).length > 0,
      })
      return { isOrdered, downMs, lagMs: Math.min(...served(asked).map(({ atMs }) => atMs)) - downMs }
    }),
  )
  await world.close()
  return recoveries
}
