import { nsPerMs } from '../core/index.ts'
import { createBreaker } from './breaker.ts'
import { createCoolDown } from './cool-down.ts'
import { coolDownMs, coolDownReason } from './cool-down-rules.ts'
import { type EndpointHealth, type EndpointState, unknownHealth } from './endpoint-health.ts'
import type { HealthEvent } from './health-event.ts'
import type { HealthSettings } from './health-settings.ts'
import { createEndpointStatistics, type HealthWindows } from './health-windows.ts'
import { createQuantileMemory } from './quantile-memory.ts'
import type { BadToolCall } from './tool-call-quality.ts'

/** Remembers how one endpoint behaved. Its memory is bounded. */
export interface HealthTracker {
  /** Takes in a finished attempt. */
  note(event: HealthEvent): void
  /** Takes in an answer that ended with tool calls; null: all of its calls were good. */
  noteToolCalls(bad: BadToolCall | null, atNs: number): void
  /** Asks the breaker to let a request through (`Breaker.beginProbe`). */
  beginProbe(nowNs: number): boolean
  /**
   * What routing sees at `nowNs`. Counts follow every event; quantiles do up to 32 samples, and beyond are made anew
   * every hundredth of their window (3 s). The same object as before while nothing happened and the second is not over.
   */
  read(nowNs: number): EndpointHealth
  /** Whether it is tried at `nowNs`, since when and why. */
  state(nowNs: number): EndpointState
  /** What people see at `nowNs`. Not cheap: for pages, not for decisions. */
  windows(nowNs: number): HealthWindows
}

const nsPerSecond = 1000 * nsPerMs

/** Starts to remember one endpoint. Time is an argument of each call. */
export function createHealthTracker(settings: HealthSettings): HealthTracker {
  const statistics = createEndpointStatistics(settings)
  const coolDown = createCoolDown()
  const breaker = createBreaker(settings.breaker)
  let snapshot = unknownHealth
  /** Second of time in which the snapshot was made. */
  let madeIn = Number.NaN
  const quantiles = createQuantileMemory(statistics, settings.metricsWindowMs)
  let hasNews = false

  function read(nowNs: number): EndpointHealth {
    const second = Math.floor(nowNs / nsPerSecond)
    const isOver = (untilNs: number) => untilNs !== 0 && untilNs <= nowNs
    const hasRested = isOver(snapshot.coolDownUntilNs) || isOver(snapshot.breakerUntilNs)
    if (second === madeIn && !hasNews && !hasRested) return snapshot
    const { ttftMs, ttftSamples, tokensPerSecond } = quantiles.read(nowNs)
    const { state, untilNs } = breaker.read(nowNs)
    snapshot = Object.freeze({
      ...statistics.counts(nowNs),
      coolDownUntilNs: coolDown.untilNs(nowNs),
      breaker: state,
      breakerUntilNs: untilNs,
      ttftMs,
      ttftSamples,
      tokensPerSecond,
    })
    madeIn = second
    hasNews = false
    return snapshot
  }

  function note(event: HealthEvent): void {
    statistics.note(event)
    breaker.note({ ...event, result: breakerResultOf(event) })
    const waitMs = event.coolsDown === 'endpoint' ? coolDownMs(event, 0, settings) : null
    if (waitMs !== null) coolDown.extend(event.atNs, waitMs, coolDownReason(event))
    hasNews = true
    if (event.result === 'ok') quantiles.expire()
  }

  return Object.freeze<HealthTracker>({
    note,
    noteToolCalls: (bad, atNs) => {
      statistics.noteToolCalls(bad, atNs)
      hasNews = true
    },
    beginProbe: nowNs => {
      hasNews = true
      return breaker.beginProbe(nowNs)
    },
    read,
    state: nowNs => {
      const broken = breaker.read(nowNs)
      const cool = coolDown.latest()
      if (broken.state === 'open') return broken
      if (coolDown.untilNs(nowNs) > 0) return { state: 'cooling', ...cool }
      return { ...broken, sinceNs: Math.max(broken.sinceNs, cool.untilNs) }
    },
    windows: statistics.windows,
  })
}

/** A key that is refused says nothing about the endpoint, and a limit is the cool-down's affair. */
function breakerResultOf({ result, coolsDown }: HealthEvent): 'ok' | 'error' | 'none' {
  if (result === 'ok') return 'ok'
  return result === 'error' && coolsDown !== 'key' ? 'error' : 'none'
}
