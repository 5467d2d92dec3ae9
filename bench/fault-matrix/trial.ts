import { setTimeout as pause } from 'node:timers/promises'
import { uuidOf } from '../../src/core/index.ts'
import type { FaultRule } from '../../src/sim/index.ts'
import { askRouter } from './caller.ts'
import type { Cell } from './cell.ts'
import type { Hosts } from './fault-case.ts'
import { fail, type Judgement, judgeRepeat, judgeView, type Seen } from './judge.ts'
import type { World } from './world.ts'

/** One trial of a cell: endpoints of its own in a world shared with the others. */
export interface Trial {
  readonly cell: Cell
  readonly world: World
  readonly id: string
  readonly model: string
  readonly hosts: Hosts
  /** Providers that the request names, in order. */
  readonly order: readonly string[]
  /** Exchanges the faults of this trial alone. */
  readonly setFaults: (rules: readonly FaultRule[]) => void
}

/** What came of a trial. */
export interface TrialResult {
  readonly seen: readonly Seen[]
  readonly judgements: readonly Judgement[]
  /** From the end of the fault to the beginning of the first request that its endpoint answered; null: no such play. */
  readonly recoveryMs: number | null
}

/** What is asked for, with characters of more than one byte: some 20 tokens. */
export const expectedText = 'Zwölf Boxkämpfer jagen ≠ 42 große Kröten quer über den Sylter Deich.'

/** Plays one trial and judges what its caller got. */
export async function playTrial(trial: Trial): Promise<TrialResult> {
  const { cell, hosts } = trial
  const played = await plays[cell.fault.play](trial)
  const judgements = played.seen.map(seen => judgeView(seen, cell))
  const isLimited = cell.fault.play === 'twice' && cell.hasHealthy
  const repeat = isLimited ? [judgeRepeat(played.seen, hosts.first)] : []
  return { ...played, judgements: [...judgements, ...repeat, ...recoveryJudgement(played)] }
}

type Played = Pick<TrialResult, 'seen' | 'recoveryMs'>

const plays = {
  once: trial => askTimes(trial, 1, 0),
  twice: trial => askTimes(trial, 2, 0),
  after_warming: trial => askTimes(trial, 2, 0),
  // Both phases of the fault, whenever it began.
  through_flapping: trial => askTimes(trial, 8, 60),
  until_recovered: untilRecovered,
} satisfies Readonly<Record<Cell['fault']['play'], (trial: Trial) => Promise<Played>>>

async function askTimes(trial: Trial, times: number, restMs: number): Promise<Played> {
  const seen: Seen[] = []
  for (let no = 0; no < times; no++) {
    if (no > 0) await pause(restMs)
    seen.push(await ask(trial, no))
  }
  return { seen, recoveryMs: null }
}

/** Beyond the longest time that a breaker of the matrix stays open, and a half. */
const recoveryPatienceMs = 1_500

async function untilRecovered(trial: Trial): Promise<Played> {
  const { seen: before } = await askTimes(trial, 5, 20)
  trial.setFaults([])
  const endedMs = performance.now()
  const after: Seen[] = []
  while (performance.now() - endedMs < recoveryPatienceMs) {
    const beganMs = performance.now()
    const one = await ask(trial, before.length + after.length)
    after.push(one)
    const hasServed = one.attempts.some(({ winner, provider }) => winner && provider === trial.hosts.first)
    if (hasServed) return { seen: [...before, ...after], recoveryMs: beganMs - endedMs }
    await pause(25)
  }
  return { seen: [...before, ...after], recoveryMs: Number.POSITIVE_INFINITY }
}

function recoveryJudgement({ recoveryMs }: Played): readonly Judgement[] {
  return recoveryMs === Number.POSITIVE_INFINITY ? [fail('the endpoint did not come back')] : []
}

/** Asks the model of the trial, in the mode of its cell. */
async function ask({ cell, world, id, model, order }: Trial, no: number): Promise<Seen> {
  const { mode } = cell
  const requestId = uuidOf(id, no)
  const rescue = mode === 'stream, restart' ? 'restart' : mode === 'stream, resume' ? 'resume' : 'off'
  const view = await askRouter({
    url: world.url,
    requestId,
    headers: { 'x-routebench-rescue': rescue },
    expected: expectedText,
    body: {
      model,
      messages: [{ role: 'user', content: `Reply with exactly: ${expectedText}` }],
      stream: mode !== 'unary',
      provider: { order },
    },
  })
  return { view, attempts: world.attemptsOf(requestId) }
}
