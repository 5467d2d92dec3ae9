import type { Dispatcher } from 'undici'
import type { Clock } from '../core/index.ts'
import type { DeadlineTimers } from './deadline-timers.ts'
import type { RestartableTimer } from './restartable-timer.ts'
import type { Stopwatch } from './stamps.ts'

/** Reads an answer no faster than it is taken. */
export interface Flow {
  /** A piece of the answer was handed on: stops reading when no more can be taken. */
  check(controller: Dispatcher.DispatchController): void
  /** The exchange is over. */
  stop(): void
}

/** Collaborators of one flow. */
export interface FlowOptions {
  readonly clock: Clock
  readonly watch: Stopwatch
  readonly deadlines: DeadlineTimers
  readonly ending: RestartableTimer
  /** What to wait for before more is read; null: nothing. */
  readonly whenTaken?: (() => Promise<void> | null) | undefined
}

/** Makes the flow of one exchange. While it does not read, neither silence nor the end can be seen: their timers rest. */
export function createFlow(options: FlowOptions): Flow {
  const { clock, watch, deadlines, ending, whenTaken = () => null } = options
  let isOver = false

  async function pause(controller: Dispatcher.DispatchController, taken: Promise<void>): Promise<void> {
    controller.pause()
    watch.pause(clock.monoNs())
    deadlines.hold()
    ending.hold()
    await taken
    // By now the connection may be gone, or serve another exchange.
    if (isOver) return
    watch.resume(clock.monoNs())
    deadlines.release()
    ending.release()
    controller.resume()
  }

  return {
    check: controller => {
      const taken = isOver || controller.paused || controller.aborted ? null : whenTaken()
      if (taken) void pause(controller, taken)
    },
    stop: () => {
      isOver = true
    },
  }
}
