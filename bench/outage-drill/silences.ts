import { parseUsd, uuidOf } from '../../src/core/index.ts'
import type { RouterSettings } from '../../src/router/index.ts'
import { faultAt } from '../fault-matrix/fault-case.ts'
import { openWorld } from '../fault-matrix/world.ts'
import { askOnce, endpointFor } from './keep-asking.ts'

/** What a caller waits for when its endpoint has fallen silent, and what that costs. */
export interface Silence {
  readonly guard: string
  readonly served: number
  readonly requests: number
  /** From sending to the whole answer, of each request. */
  readonly elapsedMs: readonly number[]
  /** What the silent endpoints bill, as a share of what the answers cost. */
  readonly lostRatio: number
}

/** More than a learned deadline and a hedge need to know. */
const answersBefore = 30

/** Endpoints that answer well and then fall silent after their headers: the first streamed request of each. */
export async function playSilences(
  guard: string,
  settings: Partial<RouterSettings>,
  pairs: number,
): Promise<Silence> {
  const silent = Array.from({ length: pairs }, (_, at) => ({
    model: `drill/${at}`,
    order: [`first${at}`, `second${at}`],
  }))
  const world = await openWorld({
    endpoints: silent.flatMap(({ model, order }) => order.map(host => endpointFor(host, model))),
    faults: [],
    settings,
    seed: guard,
    keys: 1,
    unreachable: new Set(),
  })
  const elapsedMs: number[] = []
  const ids: string[] = []
  let served = 0
  for (const { model, order } of silent) {
    const ask = (no: number) =>
      askOnce(world, { model, provider: { order }, stream: true, id: uuidOf(guard, model, no) })
    for (let no = 0; no < answersBefore; no++) await ask(no)
    world.setFaults([faultAt(order[0] ?? '', 'silence')])
    const view = await ask(answersBefore)
    ids.push(view.requestId)
    elapsedMs.push(view.elapsedMs)
    if (view.kind === 'served') served += 1
  }
  const { attempts, lines } = await world.close()
  const wins = new Map(attempts.filter(row => ids.includes(row.request_id)).map(r => [r.span_id, r.winner]))
  const billed = (isWinner: boolean) =>
    lines
      .filter(line => wins.get(line.span_id) === isWinner)
      .reduce((sum, line) => sum + Number(parseUsd(line.billed_usd) ?? 0n), 0)
  return { guard, served, requests: pairs, elapsedMs, lostRatio: billed(false) / billed(true) }
}
