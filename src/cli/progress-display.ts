import { createLogUpdate } from 'log-update'
import { formatUsd } from '../core/index.ts'
import type { Progress } from '../replay/index.ts'

/** Shows how far a run is, on a terminal in place, elsewhere a line now and then. */
export interface ProgressDisplay {
  stop(): void
}

/** What the display needs. */
export interface ProgressDisplayOptions {
  readonly output: NodeJS.WriteStream
  readonly progress: () => Progress
  readonly startedMs: number
  readonly nowMs: () => number
}

const terminalEveryMs = 250
const linesEveryMs = 5_000

/** Starts the display; `stop` leaves the last state on screen. */
export function showProgress({
  output,
  progress,
  startedMs,
  nowMs,
}: ProgressDisplayOptions): ProgressDisplay {
  const line = () => progressLine(progress(), (nowMs() - startedMs) / 1000)
  if (!output.isTTY) {
    const timer = setInterval(() => output.write(`${line()}\n`), linesEveryMs)
    return { stop: () => clearInterval(timer) }
  }
  const update = createLogUpdate(output)
  const draw = () => update(`${bar(progress())} ${line()}`)
  const timer = setInterval(draw, terminalEveryMs)
  draw()
  return {
    stop: () => {
      clearInterval(timer)
      draw()
      update.done()
    },
  }
}

/** One line: time, requests sent of planned, outcomes, money. Pure. */
function progressLine({ planned, sent, outcomes, spent }: Progress, elapsedSeconds: number): string {
  const { ok, error, truncated, canceled } = outcomes
  const inFlight = sent - ok - error - truncated - canceled
  const failures = [
    error > 0 && `${error} failed`,
    truncated > 0 && `${truncated} cut short`,
    canceled > 0 && `${canceled} canceled`,
  ].filter(text => text !== false)
  return [
    `${elapsedSeconds.toFixed(0).padStart(3)} s`,
    `${sent}/${planned} sent`,
    `${inFlight} in flight`,
    `${ok} ok`,
    ...failures,
    `$${Number(formatUsd(spent)).toFixed(4)}`,
  ].join(' · ')
}

function bar({ planned, sent }: Progress): string {
  const width = 24
  const filled = planned === 0 ? width : Math.round((sent / planned) * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`
}
