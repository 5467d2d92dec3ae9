import { describe, expect, it } from 'vitest'
import { judgeRun, type RunConduct } from '../../src/replay/validity.ts'

const sound: RunConduct = {
  planned: 100,
  sent: 100,
  measured: { ended: 90, ok: 80 },
  schedLagP99Us: 900,
  loopDelayP99Us: 1_000,
  cpuRatio: 0.2,
  recordsDropped: 0,
  stopped: null,
}

describe('judgeRun', () => {
  it('believes a run within all bounds', () => {
    expect(judgeRun(sound)).toEqual({ verdict: 'valid', reasons: [] })
  })

  const breaches: readonly (readonly [string, Partial<RunConduct>, RegExp])[] = [
    ['a late schedule', { schedLagP99Us: 30_000 }, /schedule lag p99 30.0 ms exceeds 25.0 ms/],
    ['a blocked event loop', { loopDelayP99Us: 26_000 }, /event-loop delay p99/],
    ['a saturated client', { cpuRatio: 0.95 }, /used 95 % of a core/],
    ['nothing but failures', { measured: { ended: 90, ok: 0 } }, /no measured request succeeded/],
    ['lost records', { recordsDropped: 3 }, /3 records were lost/],
    ['requests that were never sent', { sent: 99 }, /sent 99 of 100/],
    ['an interruption', { stopped: 'interrupted', sent: 10 }, /^interrupted/],
    ['a spent budget', { stopped: 'budget', sent: 10 }, /^stopped by its budget/],
  ]
  it.each(breaches)('does not believe a run with %s, and says so once', (_name, breach, reason) => {
    const { verdict, reasons } = judgeRun({ ...sound, ...breach })
    expect(verdict).toBe('invalid')
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(reason)
  })
})
