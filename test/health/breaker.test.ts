import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Breaker,
  type BreakerEvent,
  type BreakerSettings,
  createBreaker,
} from '../../src/health/breaker.ts'

const ms = 1_000_000
const settings: BreakerSettings = {
  errorsInRow: 3,
  errorRatio: 0.5,
  minAttempts: 8,
  windowMs: 30_000,
  openMs: 5_000,
  maxOpenMs: 18_000,
  probeMs: 4_000,
}

/** A call of a breaker that is judged at once: began and ended at the same time. */
function note(breaker: Breaker, atMs: number, result: BreakerEvent['result']): void {
  breaker.note({ beganNs: atMs * ms, atNs: atMs * ms, result })
}

function broken(atMs = 0): Breaker {
  const breaker = createBreaker(settings)
  for (let i = 0; i < 3; i++) note(breaker, atMs, 'error')
  return breaker
}

function read(breaker: Breaker, atMs: number) {
  const { state, untilNs } = breaker.read(atMs * ms)
  return [state, untilNs / ms]
}

describe('createBreaker', () => {
  it('is closed at first and lets everyone through', () => {
    const breaker = createBreaker(settings)
    expect(breaker.read(0)).toEqual({ state: 'closed', sinceNs: -Infinity, untilNs: 0, reason: '' })
    expect([breaker.beginProbe(1), breaker.beginProbe(1)]).toEqual([true, true])
  })

  it('opens on errors in a row, says why, and lets nobody through for the open time', () => {
    const breaker = broken(1_000)
    expect(breaker.read(1_000 * ms)).toEqual({
      state: 'open',
      sinceNs: 1_000 * ms,
      untilNs: 6_000 * ms,
      reason: '3 errors in a row',
    })
    expect(breaker.beginProbe(5_999 * ms)).toBe(false)
    expect(read(breaker, 6_000)).toEqual(['half_open', 0])
  })

  it('opens on a share of errors once there are enough attempts', () => {
    const breaker = createBreaker(settings)
    for (const result of ['ok', 'error', 'error', 'ok', 'error', 'error', 'ok'] as const)
      note(breaker, 100, result)
    expect(read(breaker, 100)[0]).toBe('closed')
    note(breaker, 100, 'ok')
    expect(read(breaker, 100)[0]).toBe('closed')
    note(breaker, 100, 'error')
    expect(breaker.read(100 * ms)).toMatchObject({ state: 'open', reason: '5 errors of 9 attempts' })
  })

  it('forgets attempts that have left the window', () => {
    const breaker = createBreaker(settings)
    for (const result of ['error', 'error', 'ok', 'error', 'error', 'ok'] as const) note(breaker, 0, result)
    for (const result of ['ok', 'error', 'ok'] as const) note(breaker, 40_000, result)
    expect(read(breaker, 40_000)[0]).toBe('closed')
  })

  it('counts neither limits nor callers’ mistakes, which do not end a row of errors either', () => {
    const breaker = createBreaker(settings)
    for (const result of ['error', 'none', 'error', 'none', 'none'] as const) note(breaker, 0, result)
    expect(read(breaker, 0)[0]).toBe('closed')
    note(breaker, 0, 'error')
    expect(read(breaker, 0)[0]).toBe('open')
  })

  it('lets one request through after the open time, until that reports', () => {
    const breaker = broken()
    expect(breaker.beginProbe(5_000 * ms)).toBe(true)
    expect(breaker.beginProbe(5_000 * ms)).toBe(false)
    expect(read(breaker, 5_500)).toEqual(['half_open', 9_000])
    breaker.note({ beganNs: 5_000 * ms, atNs: 6_000 * ms, result: 'ok' })
    expect(read(breaker, 6_000)).toEqual(['closed', 0])
  })

  it('opens again for twice as long when the probe fails, up to the bound', () => {
    const breaker = broken()
    const openTimes = [5_000, 10_000, 18_000, 18_000]
    let nowMs = 0
    for (const openMs of openTimes) {
      expect(read(breaker, nowMs)).toEqual(['open', nowMs + openMs])
      nowMs += openMs
      expect(breaker.beginProbe(nowMs * ms)).toBe(true)
      note(breaker, nowMs, 'error')
    }
    expect(breaker.read(nowMs * ms).reason).toBe('its probe failed')
  })

  it('lets the next request try when the probe met a limit or its caller went away', () => {
    const breaker = broken()
    expect(breaker.beginProbe(5_000 * ms)).toBe(true)
    note(breaker, 5_100, 'none')
    expect(read(breaker, 5_100)).toEqual(['half_open', 0])
    expect(breaker.beginProbe(5_100 * ms)).toBe(true)
  })

  it('forgets a probe that never reports, and does not care for what it says later', () => {
    const breaker = broken()
    expect(breaker.beginProbe(5_000 * ms)).toBe(true)
    expect(breaker.beginProbe(8_999 * ms)).toBe(false)
    expect(breaker.beginProbe(9_000 * ms)).toBe(true)
    breaker.note({ beganNs: 5_000 * ms, atNs: 9_100 * ms, result: 'error' })
    expect(read(breaker, 9_100)).toEqual(['half_open', 13_000])
    breaker.note({ beganNs: 9_000 * ms, atNs: 9_200 * ms, result: 'ok' })
    expect(read(breaker, 9_200)).toEqual(['closed', 0])
  })

  it('takes no notice of attempts that began before it opened or closed', () => {
    const breaker = broken(1_000)
    breaker.note({ beganNs: 900 * ms, atNs: 2_000 * ms, result: 'ok' })
    expect(read(breaker, 2_000)[0]).toBe('open')
    breaker.note({ beganNs: 1_500 * ms, atNs: 3_000 * ms, result: 'ok' })
    for (let i = 0; i < 5; i++) breaker.note({ beganNs: 2_900 * ms, atNs: (3_001 + i) * ms, result: 'error' })
    expect(read(breaker, 3_010)[0]).toBe('closed')
  })

  it('is closed by a last resort that was answered, and not kept open longer by one that failed', () => {
    const breaker = broken()
    note(breaker, 1_000, 'error')
    expect(read(breaker, 1_000)).toEqual(['open', 5_000])
    note(breaker, 2_000, 'ok')
    expect(read(breaker, 2_000)).toEqual(['closed', 0])
  })

  it('goes on doubling when it opens again sooner than it was open, and begins anew otherwise', () => {
    const openedAgainAfter = (waitMs: number) => {
      const breaker = broken()
      note(breaker, 2_000, 'ok')
      for (let i = 0; i < 3; i++) note(breaker, 2_000 + waitMs, 'error')
      return breaker.read((2_000 + waitMs) * ms).untilNs / ms - 2_000 - waitMs
    }
    expect([openedAgainAfter(4_999), openedAgainAfter(5_000)]).toEqual([10_000, 5_000])
  })
})

interface Note {
  readonly do: 'note'
  readonly afterMs: number
  /** How long before its report the attempt began. */
  readonly tookMs: number
  readonly result: BreakerEvent['result']
}

type Command = Note | { readonly do: 'probe'; readonly afterMs: number }

const wait = fc.oneof(fc.nat(300), fc.nat(6_000), fc.nat(40_000))
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('probe' as const), afterMs: wait }),
  fc.record({
    do: fc.constant('note' as const),
    afterMs: wait,
    tookMs: fc.oneof(fc.constant(0), fc.nat(500), fc.nat(20_000)),
    result: fc.constantFrom<BreakerEvent['result']>('ok', 'error', 'error', 'error', 'none'),
  }),
)

/** The state machine of docs/routing.md, as plainly as it can be written: in whole milliseconds, by history. */
interface Model {
  state: 'closed' | 'open'
  /** When it last opened or closed. */
  sinceMs: number
  openMs: number
  probeMs: number | null
  /** What counted since it closed. */
  history: { readonly atMs: number; readonly isOk: boolean }[]
}

function opens(model: Model, atMs: number): void {
  const isSoon = model.state === 'open' || atMs - model.sinceMs < model.openMs
  const openMs = isSoon ? Math.min(model.openMs * 2, settings.maxOpenMs) : settings.openMs
  Object.assign(model, { state: 'open', sinceMs: atMs, openMs, probeMs: null })
}

function mustOpen({ history }: Model, atMs: number): boolean {
  const row = history.toReversed().findIndex(({ isOk }) => isOk)
  if ((row === -1 ? history.length : row) >= settings.errorsInRow) return true
  const second = (t: number) => Math.floor(t / 1_000)
  const recent = history.filter(h => second(h.atMs) >= second(atMs) - settings.windowMs / 1_000)
  const errors = recent.filter(({ isOk }) => !isOk).length
  return recent.length >= settings.minAttempts && errors * 2 >= recent.length
}

function isHalfOpen(model: Model, nowMs: number): boolean {
  return model.state === 'open' && nowMs >= model.sinceMs + model.openMs
}

/** Forgets a probe that did not report in time. */
function passTime(model: Model, nowMs: number): void {
  if (model.probeMs !== null && nowMs >= model.probeMs + settings.probeMs) model.probeMs = null
}

function probes(model: Model, nowMs: number): boolean {
  if (model.state === 'closed') return true
  if (!isHalfOpen(model, nowMs) || model.probeMs !== null) return false
  model.probeMs = nowMs
  return true
}

function notesClosed(model: Model, { result }: Note, nowMs: number): void {
  if (result !== 'none') model.history.push({ atMs: nowMs, isOk: result === 'ok' })
  if (result === 'error' && mustOpen(model, nowMs)) opens(model, nowMs)
}

function notesOpen(model: Model, { result, tookMs }: Note, nowMs: number): void {
  const isHalf = isHalfOpen(model, nowMs)
  const mayReport = model.probeMs === null || nowMs - tookMs >= model.probeMs
  if (mayReport) model.probeMs = null
  if (result === 'ok') Object.assign(model, { state: 'closed', sinceMs: nowMs, probeMs: null, history: [] })
  else if (result === 'error' && isHalf && mayReport) opens(model, nowMs)
}

function modelled(model: Model, nowMs: number) {
  if (model.state === 'closed') return ['closed', 0]
  const untilMs = model.sinceMs + model.openMs
  if (nowMs < untilMs) return ['open', untilMs]
  const probeEndMs = model.probeMs === null ? 0 : model.probeMs + settings.probeMs
  return ['half_open', probeEndMs > nowMs ? probeEndMs : 0]
}

describe('createBreaker, as a state machine', () => {
  it('agrees at every instant with a model that remembers everything', () => {
    const property = fc.property(fc.array(command, { maxLength: 60 }), commands => {
      const breaker = createBreaker(settings)
      const model: Model = { state: 'closed', sinceMs: -Infinity, openMs: 0, probeMs: null, history: [] }
      let nowMs = 0
      for (const step of commands) {
        nowMs += step.afterMs
        passTime(model, nowMs)
        if (step.do === 'probe') expect(breaker.beginProbe(nowMs * ms)).toBe(probes(model, nowMs))
        else {
          const beganMs = nowMs - step.tookMs
          breaker.note({ beganNs: beganMs * ms, atNs: nowMs * ms, result: step.result })
          const notes = model.state === 'closed' ? notesClosed : notesOpen
          if (beganMs >= model.sinceMs) notes(model, step, nowMs)
        }
        expect(read(breaker, nowMs)).toEqual(modelled(model, nowMs))
        expect(read(breaker, nowMs + 5_000)).toEqual(modelled(model, nowMs + 5_000))
      }
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('has at most one probe under way, whatever is asked and reported', () => {
    const property = fc.property(fc.array(wait, { maxLength: 100 }), fc.nat(9_000), (waits, tookMs) => {
      const breaker = broken()
      const running: number[] = []
      let nowMs = 0
      for (const afterMs of waits) {
        nowMs += afterMs
        for (const beganMs of running.filter(began => began + tookMs <= nowMs).splice(0)) {
          breaker.note({ beganNs: beganMs * ms, atNs: (beganMs + tookMs) * ms, result: 'error' })
          running.splice(running.indexOf(beganMs), 1)
        }
        if (breaker.beginProbe(nowMs * ms)) running.push(nowMs)
        expect(running.filter(began => nowMs < began + settings.probeMs).length).toBeLessThanOrEqual(1)
      }
    })
    fc.assert(property)
  })

  it('lets through no more of a long outage than three errors and one probe for each open time', () => {
    const property = fc.property(fc.integer({ min: 1, max: 2_000 }), everyMs => {
      const breaker = createBreaker(settings)
      let attempts = 0
      const outageMs = 600_000
      for (let nowMs = 0; nowMs < outageMs; nowMs += everyMs) {
        if (!breaker.beginProbe(nowMs * ms)) continue
        attempts++
        note(breaker, nowMs, 'error')
      }
      // 5 s and 10 s, then 18 s each.
      expect(attempts).toBeLessThanOrEqual(3 + 2 + Math.ceil((outageMs - 15_000) / 18_000))
    })
    fc.assert(property, { numRuns: 30 })
  })

  it('is closed within its longest open time after an outage, where requests keep coming', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 300_000 }),
      fc.integer({ min: 1, max: 2_000 }),
      (outageMs, everyMs) => {
        const breaker = createBreaker(settings)
        let nowMs = 0
        for (; nowMs < outageMs + settings.maxOpenMs + everyMs; nowMs += everyMs)
          if (breaker.beginProbe(nowMs * ms)) note(breaker, nowMs, nowMs < outageMs ? 'error' : 'ok')
        expect(read(breaker, nowMs)[0]).toBe('closed')
      },
    )
    fc.assert(property, { numRuns: 50 })
  })
})
