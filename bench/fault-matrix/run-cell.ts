import { monitorEventLoopDelay } from 'node:perf_hooks'
import pLimit from 'p-limit'
import type { Endpoint } from '../../src/catalog/index.ts'
import { nsPerMs, uuidOf } from '../../src/core/index.ts'
import type { FaultRule } from '../../src/sim/index.ts'
import { endpointOf } from '../../test/support/endpoint-of.ts'
import { billedIn, judgeBooks } from './books.ts'
import { askRouter } from './caller.ts'
import { type Cell, type CellResult, type Verdict, worst } from './cell.ts'
import { fail, type Judgement, type Seen } from './judge.ts'
import { expectedText, playTrial, type TrialResult } from './trial.ts'
import { hastySettings, openWorld, type World } from './world.ts'

const alive = { model: 'matrix/alive', provider: 'alive' }

/** How a cell is played. */
export interface PlayOptions {
  /** Trials. */
  readonly repeat: number
  readonly seed: string
}

/** Trials under way at once; more, and the deadlines of a small machine fire for want of CPU. */
const lanes = 10
/** A pause of this process after which what it timed says nothing. */
const longestPauseMs = 200
const mostReplays = 3

/**
 * Plays the trials of a cell, each with endpoints of its own, and compares the books of both sides. A cell during which
 * this process stood still is played again, whatever came of it.
 */
export async function runCell(cell: Cell, options: PlayOptions): Promise<CellResult> {
  for (let replays = 0; ; replays++) {
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    const result = await playCell(cell, options)
    delay.disable()
    if (delay.max / nsPerMs <= longestPauseMs || replays === mostReplays) return { ...result, replays }
  }
}

async function playCell(cell: Cell, { repeat, seed }: PlayOptions): Promise<Omit<CellResult, 'replays'>> {
  const name = `${cell.fault.name} ${cell.mode} ${cell.hasHealthy}`
  const seats = Array.from({ length: repeat }, (_, at) => seatOf(cell, at))
  const world = await openWorld({
    endpoints: [...seats.flatMap(({ endpoints }) => endpoints), endpointFor(alive.provider, alive.model, 0)],
    faults: seats.flatMap(({ faults }) => faults),
    settings: hastySettings,
    seed: `${seed} ${name}`,
    keys: cell.fault.keys,
    unreachable: new Set(cell.fault.isUnreachable ? seats.map(({ hosts }) => hosts.first) : []),
  })
  const now = seats.map(({ faults }) => faults)
  const inLane = pLimit(lanes)
  const results = await Promise.all(
    seats.map(({ hosts, order, model }, at) => {
      const setFaults = (rules: readonly FaultRule[]) => {
        now[at] = rules
        world.setFaults(now.flat())
      }
      const id = `${seed} ${name} ${at}`
      return inLane(() => playTrial({ cell, world, id, model, hosts, order, setFaults }))
    }),
  )
  const living = await judgeLife(world, name)
  const books = await world.close()
  const views = results.flatMap(({ seen }) => seen.map(({ view }) => view))
  const ofAll = [living, ...judgeBooks(cell.fault, views, books)]
  return { ...resultOf(cell, results, ofAll), billedUsd: billedIn(books) }
}

/** The endpoints of one trial. */
function seatOf({ fault, hasHealthy }: Cell, at: number) {
  const model = `matrix/m${at}`
  const hosts = { first: `first${at}`, second: `second${at}` }
  const order = [
    hosts.first,
    ...(fault.isDouble ? [hosts.second] : []),
    ...(hasHealthy ? [`healthy${at}`] : []),
  ]
  return {
    model,
    hosts,
    order,
    faults: fault.faults(hosts),
    endpoints: order.map(provider => endpointFor(provider, model, at)),
  }
}

/** Every other trial's providers bill what was canceled. */
function endpointFor(provider: string, model: string, at: number): Endpoint {
  const endpoint = endpointOf({ provider, model, input: 1, output: 4 })
  return {
    ...endpoint,
    upstreamModel: model,
    provider: { ...endpoint.provider, billsCanceled: at % 2 === 1 },
  }
}

async function judgeLife({ url }: World, name: string): Promise<Judgement> {
  const { status } = await fetch(`${url}/healthz`)
  const view = await askRouter({
    url,
    requestId: uuidOf(name, 'alive'),
    headers: {},
    expected: expectedText,
    body: {
      model: alive.model,
      messages: [{ role: 'user', content: `Reply with exactly: ${expectedText}` }],
    },
  })
  if (status === 200 && view.kind === 'served') return { verdict: 'pass', reason: '' }
  return fail(`afterwards: healthz ${status}, ${view.kind} ${view.detail}`)
}

function resultOf(
  cell: Cell,
  results: readonly TrialResult[],
  ofAll: readonly Judgement[],
): Omit<CellResult, 'billedUsd' | 'replays'> {
  const verdicts = results.map(({ judgements }) => worst(judgements.map(({ verdict }) => verdict)))
  const count = (verdict: Verdict) => verdicts.filter(one => one === verdict).length
  const seen = results.flatMap(result => result.seen)
  const reasons = [...results.flatMap(({ judgements }) => judgements), ...ofAll]
    .map(({ reason }) => reason)
    .filter(reason => reason !== '')
  return {
    fault: cell.fault.name,
    mode: cell.mode,
    hasHealthy: cell.hasHealthy,
    verdict: worst([...verdicts, ...ofAll.map(({ verdict }) => verdict)]),
    trials: { pass: count('pass'), partial: count('partial'), fail: count('fail') },
    reasons: Object.fromEntries(
      [...Map.groupBy(reasons, reason => reason)].map(([r, all]) => [r, all.length]),
    ),
    requests: seen.length,
    served: seen.filter(({ view }) => view.kind === 'served').length,
    attempts: seen.reduce((sum, { attempts }) => sum + attempts.length, 0),
    rescueMs: seen.flatMap(rescueMs),
    recoveryMs: results.flatMap(result => result.recoveryMs ?? []),
  }
}

/** How long a request took to come to the endpoint that answered, if that was not the first. */
function rescueMs({ view, attempts }: Seen): readonly number[] {
  const [first] = attempts
  const winner = attempts.find(row => row.winner)
  if (view.kind !== 'served' || !first || !winner || first === winner) return []
  return [(winner.ts - first.ts) / 1000]
}
