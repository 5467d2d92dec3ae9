import { nsPerMs } from '../core/index.ts'
import { createErrorStreak } from './error-streak.ts'

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

/** Defaults, our choice: a pause is never longer than the outage window, so recovery is noticed within it. */
export const defaultBreakerSettings: BreakerSettings = Object.freeze({
  errorsInRow: 3,
  errorRatio: 0.5,
  minAttempts: 10,
  windowMs: 30_000,
  openMs: 5_000,
  maxOpenMs: 30_000,
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
  const probeNs = settings.probeMs * nsPerMs
  let streak = createErrorStreak(settings)
  let isOpen = false
  /** When it last opened or closed. */
  let changedNs = Number.NEGATIVE_INFINITY
  let openMs = 0
  let probeBeganNs: number | null = null
  let reason = ''

  const openEndNs = () => changedNs + openMs * nsPerMs
  /** 0: none is under way, or it has been given up. */
  const probeEndNs = (nowNs: number) =>
    probeBeganNs === null || nowNs >= probeBeganNs + probeNs ? 0 : probeBeganNs + probeNs

  function open(atNs: number, why: string): void {
    const opensSoonAgain = isOpen || atNs - changedNs < openMs * nsPerMs
    openMs = opensSoonAgain ? Math.min(openMs * 2, settings.maxOpenMs) : settings.openMs
    change(true, atNs, why)
  }

  function change(opens: boolean, atNs: number, why: string): void {
    isOpen = opens
    changedNs = atNs
    probeBeganNs = null
    reason = why
    streak = createErrorStreak(settings)
  }

  function noteOpen({ beganNs, atNs, result }: BreakerEvent): void {
    // One that began before the probe under way is no report of it; it may be of an earlier one that was given up.
    const isHeard = probeEndNs(atNs) === 0 || beganNs >= (probeBeganNs ?? 0)
    if (isHeard) probeBeganNs = null
    if (result === 'ok') change(false, atNs, '')
    else if (result === 'error' && isHeard && atNs >= openEndNs()) open(atNs, 'its probe failed')
  }

  return Object.freeze<Breaker>({
    note: event => {
      if (event.beganNs < changedNs) return
      if (isOpen) return noteOpen(event)
      const why = event.result === 'none' ? null : streak.note(event.result, event.atNs)
      if (why !== null) open(event.atNs, why)
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
