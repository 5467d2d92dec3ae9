import { type Clock, nsPerMs } from '../core/index.ts'
import type { PlannedRequest } from '../scenario/index.ts'
import { type Halt, sleptUntil } from './halt.ts'
import type { Lane } from './lanes.ts'
import { requestBody } from './request-body.ts'
import type { Send } from './sender.ts'

/** The first request of a lane, rendered before it is due so that rendering adds no lag. */
export interface Prepared {
  readonly lane: Lane
  readonly body: Buffer
  /** Monotonic nanoseconds. */
  readonly dueNs: number
}

/** Plays lanes, each to its end. */
export interface LanePlayer {
  prepare(lane: Lane): Prepared
  /** Resolves when the last turn has ended, or at a halt when the turn in flight has. */
  play(prepared: Prepared): Promise<void>
}

/** Collaborators of a lane player. */
export interface LanePlayerOptions {
  readonly clock: Clock
  readonly send: Send
  readonly halt: Halt
  /** Start of the run, monotonic nanoseconds. */
  readonly startNs: number
}

/** Makes the player of one run. A later turn is due its think time after the end of the turn before. */
export function createLanePlayer({ clock, send, halt, startNs }: LanePlayerOptions): LanePlayer {
  /** Closed loop: a request is due when a place is free, which is now. */
  const dueOf = ({ dueNs }: PlannedRequest) => (dueNs === null ? clock.monoNs() : startNs + dueNs)

  async function play({ lane, body, dueNs }: Prepared): Promise<void> {
    if (halt.signal.aborted) return
    await send({ planned: lane.first, body, dueNs })
    for (const planned of lane.later) {
      const turnDueNs = clock.monoNs() + (planned.session?.thinkMs ?? 0) * nsPerMs
      const turnBody = requestBody(planned)
      if (!(await sleptUntil(clock, turnDueNs, halt.signal))) return
      await send({ planned, body: turnBody, dueNs: turnDueNs })
    }
  }
  return { prepare: lane => ({ lane, body: requestBody(lane.first), dueNs: dueOf(lane.first) }), play }
}
