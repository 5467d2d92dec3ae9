import { type Clock, nsPerMs } from '../core/index.ts'
import type { StreamEvent } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'

/** The way of one attempt to the caller. */
export interface Lane {
  /** Aborted when the caller goes away, or another lane has won. */
  readonly signal: AbortSignal
  readonly onEvent: (event: StreamEvent) => void
  /** Whether a token of this attempt has gone to the caller. */
  tokenSent(): boolean
  /** The attempt is whole: whether it answers the caller. The first to ask does, unless another has sent a token. */
  wins(): boolean
  /** Whether another attempt answers the caller. */
  hasLost(): boolean
}

/** The lane of an attempt that runs alone. */
export function onlyLane(options: {
  readonly signal: AbortSignal
  readonly onEvent: (event: StreamEvent) => void
}): Lane {
  let hasToken = false
  return {
    signal: options.signal,
    onEvent: event => {
      hasToken ||= event.kind === 'chunk' && event.hasToken
      options.onEvent(event)
    },
    tokenSent: () => hasToken,
    wins: () => true,
    hasLost: () => false,
  }
}

/** Makes an attempt that answers into a lane. Never rejects. */
export type Runner = (lane: Lane) => Promise<Attempt>

/** What a race is run with. */
export interface RaceOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** When the second attempt starts, unless the first has ended or sent a token by then. */
  readonly afterMs: number
  readonly first: Runner
  /** Asked when it is time; null: no second attempt after all. */
  readonly second: () => Runner | null
  /** Takes the events of the winner, from its beginning. */
  readonly onEvent: (event: StreamEvent) => void
  /** Told once who answers the caller: 0 the first, 1 the second, before its events. */
  readonly onWinner: (runner: 0 | 1) => void
}

/** An answer has no use for more events before its first token. */
const mostHeldEvents = 1_000

/**
 * Runs one attempt and, when it is slow, another beside it. Whichever has the first token, or is whole first without a
 * stream, answers the caller; the other is given up at once. A failure of one before that leaves the race to the other.
 *
 * @returns one or two attempts, the one that decides last.
 */
export async function race(options: RaceOptions): Promise<readonly Attempt[]> {
  const { signal, onWinner } = options
  /** Aborted when the first has ended or sent a token. */
  const over = new AbortController()
  const lanes: OpenLane[] = []
  let winner: OpenLane | null = null

  function claim(lane: OpenLane): void {
    if (winner) return
    winner = lane
    over.abort()
    onWinner(lanes.indexOf(lane) === 0 ? 0 : 1)
    for (const other of lanes) if (other !== lane) other.giveUp()
    lane.release()
  }

  async function run(runner: Runner): Promise<Attempt> {
    const lane = openLane({ ...options, claim, winner: () => winner })
    lanes.push(lane)
    const made = await runner(lane)
    lane.drop()
    return made
  }

  const first = run(options.first)
  void first.then(() => over.abort())
  const isSlow = await isLate(options, [signal, over.signal])
  const second = isSlow ? options.second() : null
  if (!second) return [await first]
  const made = await Promise.all([first, run(second)])
  // What has lost, or failed while the other went on, does not decide.
  return winner === lanes[0] ? made.toReversed() : made
}

interface OpenLane extends Lane {
  /** Hands on what was held back. */
  release(): void
  /** Forgets what was held back. */
  drop(): void
  giveUp(): void
}

interface LaneOptions extends Pick<RaceOptions, 'signal' | 'onEvent'> {
  readonly claim: (lane: OpenLane) => void
  readonly winner: () => OpenLane | null
}

function openLane({ signal, onEvent, claim, winner }: LaneOptions): OpenLane {
  const lost = new AbortController()
  let held: StreamEvent[] = []
  let hasToken = false
  const lane: OpenLane = {
    signal: AbortSignal.any([signal, lost.signal]),
    onEvent: event => {
      if (winner() === null && event.kind === 'chunk' && event.hasToken) claim(lane)
      if (winner() === lane) {
        hasToken ||= event.kind === 'chunk' && event.hasToken
        onEvent(event)
      } else if (winner() === null && held.length < mostHeldEvents) held.push(event)
    },
    tokenSent: () => hasToken,
    wins: () => {
      claim(lane)
      return winner() === lane
    },
    hasLost: () => winner() !== null && winner() !== lane,
    release: () => {
      for (const event of held) onEvent(event)
      held = []
    },
    drop: () => {
      held = []
    },
    giveUp: () => lost.abort(),
  }
  return lane
}

/** Whether `afterMs` pass before one of the signals. */
async function isLate(
  { clock, afterMs }: Pick<RaceOptions, 'clock' | 'afterMs'>,
  signals: readonly AbortSignal[],
): Promise<boolean> {
  return await clock.sleepUntil(clock.monoNs() + afterMs * nsPerMs, AbortSignal.any([...signals])).then(
    () => true,
    () => false,
  )
}
