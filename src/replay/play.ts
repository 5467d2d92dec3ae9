import pLimit from 'p-limit'
import type { Clock, PicoUsd } from '../core/index.ts'
import type { Plan } from '../scenario/index.ts'
import { createChecks } from './checks.ts'
import { createHalt, type Halt, sleptUntil } from './halt.ts'
import { watchHostLoad } from './host-load.ts'
import { createLanePlayer, type LanePlayer } from './lane-player.ts'
import { type Lane, lanesOf } from './lanes.ts'
import { createSender, type Send, type SenderOptions } from './sender.ts'
import { createTally, type Progress, type Tally } from './tally.ts'
import { judgeRun, type RunConduct, type Validity } from './validity.ts'

/** One run. */
export interface PlayOptions extends SenderOptions {
  readonly plan: Plan
  /**
   * The run stops sending when the told cost and that of what is in flight, at the mean so far, reach it; null: no
   * limit. What was sent before the first answer told a cost is beyond its power.
   */
  readonly maxSpend: PicoUsd | null
  /** The run stops sending after this long; null: no limit. */
  readonly maxSeconds: number | null
}

/** A finished run. */
export interface Played {
  readonly startedEpochUs: number
  readonly endedEpochUs: number
  readonly progress: Progress
  readonly conduct: RunConduct
  readonly validity: Validity
}

/** A run being played. */
export interface Playing {
  readonly played: Promise<Played>
  progress(): Progress
}

/**
 * Plays a plan: open loop by due times, closed loop by a bound on lanes in flight.
 *
 * Aborting `signal` cancels what is in flight and stops; a reached budget only stops sending.
 * Either way every request that was sent has its record in the sink when `played` resolves.
 */
export function play(options: PlayOptions): Playing {
  const tally = createTally(options.plan.requests.length)
  return { played: playPlan(options, tally), progress: () => tally.progress() }
}

async function playPlan(options: PlayOptions, tally: Tally): Promise<Played> {
  const { plan, clock, sink } = options
  const applyChecks = createChecks(plan.requests.flatMap(({ checks }) => checks))
  const stopWatching = watchHostLoad()
  const startNs = clock.monoNs()
  const halt = createHalt(options)
  const send = createSender(options, applyChecks)
  const keepToBudget = () => {
    if (options.maxSpend !== null && tally.projectedSpend() >= options.maxSpend) halt.budgetReached()
  }
  const countedSend: Send = async due => {
    tally.sent()
    keepToBudget()
    const record = await send(due)
    tally.finished(record)
    keepToBudget()
    return record
  }
  const player = createLanePlayer({ clock, send: countedSend, halt, startNs })
  const lanes = lanesOf(plan.requests)

  try {
    if (plan.release.kind === 'open') await releaseByDueTime(lanes, player, { clock, halt })
    else await releaseByConcurrency(lanes, player, { halt, concurrency: plan.release.concurrency })
  } finally {
    halt.end()
  }

  const progress = tally.progress()
  const reachedLate = halt.reason() === 'budget' && progress.sent === progress.planned
  const conduct = {
    planned: progress.planned,
    sent: progress.sent,
    measured: tally.measured(),
    schedLagP99Us: tally.schedLagP99Us(),
    ...stopWatching(),
    recordsDropped: sink.dropped(),
    stopped: reachedLate ? null : halt.reason(),
  }
  const startedEpochUs = clock.toEpochUs(startNs)
  return { startedEpochUs, endedEpochUs: clock.epochUs(), progress, conduct, validity: judgeRun(conduct) }
}

interface Waiting {
  readonly clock: Clock
  readonly halt: Halt
}

async function releaseByDueTime(
  lanes: readonly Lane[],
  player: LanePlayer,
  { clock, halt }: Waiting,
): Promise<void> {
  const running: Promise<void>[] = []
  for (const lane of lanes) {
    const prepared = player.prepare(lane)
    if (!(await sleptUntil(clock, prepared.dueNs, halt.signal))) break
    const played = player.play(prepared)
    // A defect is told by the await below; until then it must not count as unhandled and end the process.
    played.catch(() => undefined)
    running.push(played)
  }
  await Promise.all(running)
}

async function releaseByConcurrency(
  lanes: readonly Lane[],
  player: LanePlayer,
  { halt, concurrency }: { readonly halt: Halt; readonly concurrency: number },
): Promise<void> {
  const limit = pLimit(concurrency)
  const playUnlessHalted = (lane: Lane) =>
    halt.signal.aborted ? Promise.resolve() : player.play(player.prepare(lane))
  await Promise.all(lanes.map(lane => limit(() => playUnlessHalted(lane))))
}
