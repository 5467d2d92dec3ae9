import { describe, expect, it } from 'vitest'
import { dateOf, dayOf, firstDayOf } from '../../../src/router/keys/utc-period.ts'

const at = (time: string) => Date.parse(time)

describe('dayOf', () => {
  it.each([
    ['2026-11-20T00:00:00.000Z', '2026-11-20'],
    ['2026-11-20T23:59:59.999Z', '2026-11-20'],
    ['2026-11-21T00:00:00.000Z', '2026-11-21'],
    ['2026-11-21T01:30:00.000+02:00', '2026-11-20'],
  ])('puts %s into the UTC day %s', (time, date) => {
    expect(dateOf(dayOf(at(time)))).toBe(date)
  })
})

describe('firstDayOf', () => {
  it.each([
    ['daily', '2026-11-20', '2026-11-20'],
    ['weekly', '2026-11-16', '2026-11-16'],
    ['weekly', '2026-11-20', '2026-11-16'],
    ['weekly', '2026-11-22', '2026-11-16'],
    ['weekly', '2026-11-23', '2026-11-23'],
    ['weekly', '2027-01-01', '2026-12-28'],
    ['monthly', '2026-11-01', '2026-11-01'],
    ['monthly', '2026-11-30', '2026-11-01'],
    ['monthly', '2028-02-29', '2028-02-01'],
  ] as const)('begins the %s period of %s on %s', (reset, date, first) => {
    expect(dateOf(firstDayOf(reset, dayOf(at(date))))).toBe(first)
  })

  it('lets a budget without reset begin before all days', () => {
    expect(firstDayOf('never', 0)).toBe(Number.NEGATIVE_INFINITY)
  })
})
