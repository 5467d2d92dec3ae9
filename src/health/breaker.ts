import { nsPerMs } from '../core/index.ts'
import { createRollingCounts } from './rolling-counts.ts'

/** `open`: nobody is let through; `half_open`: one request at a time, to see whether the endpoint works again. */
export type BreakerState = 'closed' | 'half_open' | 'open'

/** The numbers of a breaker. */
export interface BreakerSettings {
  /** Errors in a row that open it. */
  readonly errorsInRow: number
  /** Share of errors that opens it, of at least `minAttempts` that were answered or failed within `windowMs`. */
  readonly errorRatio: number
  readonly minAttempts: number
  readonly windowMs: number
  /** How long it stays open at first. */
  readonly openMs: number
  /** Bound on the open time, which doubles whenever the breaker opens again sooner than it was open. */
  readonly maxOpenMs: number
  /** After so long without a report, the one request of a half-open breaker is given up and another let through. */
  readonly probeMs: number
}

/** Defaults, our choice: three errors in a row of 5 s, and no pause beyond a minute, bound both harm and lag. */
export const defaultBreakerSettings: BreakerSettings = Object.freeze({
  errorsInRow: 3,
  errorRatio: 0.5,
  minAttempts: 10,
  windowMs: 30_000,
  openMs: 5_000,
  maxOpenMs: 60_000,
  probeMs: 30_000,
})

/** One finished attempt, as a breaker sees it. */
export interface BreakerEvent {
  readonly beganNs: number
  readonly atNs: number
  /** `none`: it says nothing about whether the endpoint works. */
  readonly result: 'ok' | 'error' | 'none'
}

/** A breaker at one instant. */
export interface BreakerReading {
  readonly state: BreakerState
  /** When the state began; minus infinity: it was never another. */
  readonly sinceNs: number
  /** Until when nobody is let through, by open time or by a probe under way; 0: it lets through. */
  readonly untilNs: number
  /** Why it is not closed; empty when it is. */
  readonly reason: string
}

/** The circuit breaker of one endpoint. Events and readings come in the order of time, but for late events. */
export interface Breaker {
  note(event: BreakerEvent): void
  /**
   * Asks to be let through. A half-open breaker takes the request as its probe and lets no other through until it
   * reports, is forgotten, or the breaker changes. A closed one lets everyone through.
   */
  beginProbe(nowNs: number): boolean
  read(nowNs: number): BreakerReading
}

/**
 * Makes a closed breaker. Attempts that began before the state did say nothing about it: an answer that began before
 * the trouble does not end it, nor does a late failure renew it.
 */
export function createBreaker(settings: BreakerSettings): Breaker {
  const { windowMs } = settings
  const probeNs = settings.probeMs * nsPerMs
  const newCounts = () => createRollingCounts({ kinds: ['ok', 'error'], windowMs, sliceMs: 1_000 })
  let counts = newCounts()
  let errorsInRow = 0
  let isOpen = false
  /** When it last opened or closed. */
  let changedNs = Number.NEGATIVE_INFINITY
  let openMs = 0
  let probeBeganNs: number | null = null
  let reason = ''

  const openEndNs = () => changedNs + openMs * nsPerMs
  const probeEndNs = (nowNs: number) => {
    if (probeBeganNs !== null && nowNs >= probeBeganNs + probeNs) probeBeganNs = null
    return probeBeganNs === null ? 0 : probeBeganNs + probeNs
  }

  function open(atNs: number, why: string): void {
    const opensSoonAgain = isOpen || atNs - changedNs < openMs * nsPerMs
    openMs = opensSoonAgain ? Math.min(openMs * 2, settings.maxOpenMs) : settings.openMs
    isOpen = true
    changedNs = atNs
    probeBeganNs = null
    reason = why
  }

  function close(atNs: number): void {
    isOpen = false
    changedNs = atNs
    probeBeganNs = null
    errorsInRow = 0
    counts = newCounts()
    reason = ''
  }

  function noteClosed(result: 'ok' | 'error', atNs: number): void {
    errorsInRow = result === 'ok' ? 0 : errorsInRow + 1
    counts.add(result, atNs)
    const errors = counts.sum('error', atNs)
    const all = errors + counts.sum('ok', atNs)
    if (errorsInRow >= settings.errorsInRow) open(atNs, `${errorsInRow} errors in a row`)
    else if (all >= settings.minAttempts && errors >= all * settings.errorRatio)
      open(atNs, `${errors} errors of ${all} attempts`)
  }

  function noteOpen({ beganNs, atNs, result }: BreakerEvent): void {
    const isProbing = probeEndNs(atNs) > 0
    const isReport = probeBeganNs !== null && beganNs >= probeBeganNs
    if (isReport) probeBeganNs = null
    if (result === 'ok') close(atNs)
    else if (result === 'error' && atNs >= openEndNs() && (isReport || !isProbing))
      open(atNs, 'its probe failed')
  }

  return Object.freeze<Breaker>({
    note: event => {
      if (event.beganNs < changedNs) return
      if (isOpen) noteOpen(event)
      else if (event.result !== 'none') noteClosed(event.result, event.atNs)
    },
    beginProbe: nowNs => {
      if (!isOpen) return true
      if (nowNs < openEndNs() || probeEndNs(nowNs) > 0) return false
      probeBeganNs = nowNs
      return true
    },
    read: nowNs => {
      if (!isOpen) return { state: 'closed', sinceNs: changedNs, untilNs: 0, reason }
      const endNs = openEndNs()
      if (nowNs < endNs) return { state: 'open', sinceNs: changedNs, untilNs: endNs, reason }
      return { state: 'half_open', sinceNs: endNs, untilNs: probeEndNs(nowNs), reason }
    },
  })
}
