import { setTimeout as pause } from 'node:timers/promises'
import { type Rng, uuidOf } from '../../src/core/index.ts'
import type { AttemptRecord } from '../../src/record/index.ts'
import { endpointOf } from '../../test/support/endpoint-of.ts'
import { askRouter, type CallerView } from '../fault-matrix/caller.ts'
import type { World } from '../fault-matrix/world.ts'

const expected = 'All is well.'

/** Who asks for what. */
export interface Asking {
  readonly model: string
  readonly perSecond: number
  readonly rng: Rng
  /** The field `provider` of each request. */
  readonly provider: object
  /** Asked before each request, with the time since the first one. */
  readonly isOver: (asked: readonly Asked[], nowMs: number) => boolean
}

/** One request, and when it was sent, in milliseconds since the first one. */
export interface Asked {
  readonly view: CallerView
  readonly atMs: number
}

/** Asks for a model at Poisson instants, streamed and not in turn, until it is told to stop. */
export async function keepAsking(world: World, options: Asking): Promise<readonly Asked[]> {
  const { model, perSecond, rng, provider, isOver } = options
  const startMs = performance.now()
  const under: Promise<void>[] = []
  const asked: Asked[] = []
  for (let no = 0; !isOver(asked, performance.now() - startMs); no++) {
    const atMs = performance.now() - startMs
    const one = askOnce(world, { model, provider, stream: no % 2 === 0, id: uuidOf(model, no) })
    under.push(one.then(view => void asked.push({ view, atMs })))
    await pause((-Math.log(1 - rng.next()) / perSecond) * 1000)
  }
  await Promise.all(under)
  return asked
}

/** One question with a known answer. */
export function askOnce(
  { url }: World,
  ask: { readonly model: string; readonly provider: object; readonly stream: boolean; readonly id: string },
): Promise<CallerView> {
  const { model, provider, stream, id: requestId } = ask
  const messages = [{ role: 'user', content: `Reply with exactly: ${expected}` }]
  return askRouter({ url, requestId, headers: {}, expected, body: { model, provider, stream, messages } })
}

/** An endpoint; its model has the same name upstream. */
export function endpointFor(provider: string, model: string) {
  return { ...endpointOf({ provider, model, input: 1, output: 4 }), upstreamModel: model }
}

/** Deadlines for a market that answers in milliseconds; everything else is as it is by default. */
export const quickDeadlines = { firstTokenTimeoutMs: 500, unaryTimeoutMs: 1_000 } as const

/** The attempt of a request that answered its caller, if it was at a provider. */
export function wonBy(world: World, { requestId }: CallerView, provider: string): AttemptRecord | undefined {
  return world.attemptsOf(requestId).find(row => row.winner && row.provider === provider)
}
