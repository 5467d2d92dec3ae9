import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/router/attempt.ts'
import { backoffNs, busyNs } from '../../src/router/attempt-spans.ts'

/** As much of attempts as their times are read from. */
function attemptsOf(...spans: readonly (readonly [sentNs: number, closedNs: number, backoffNs?: number])[]) {
  const rows = spans.map(([sentNs, closedNs, waitedNs = 0]) => ({
    backoffNs: waitedNs,
    queuedNs: 0,
    exchange: { stamps: { sentNs, closedNs } },
  }))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nothing else of them is read.
  return rows as unknown as readonly Attempt[]
}

describe('busyNs', () => {
  it.each([
    ['nothing', attemptsOf(), 0],
    ['one attempt', attemptsOf([10, 30]), 20],
    ['attempts after each other', attemptsOf([10, 30], [40, 45]), 25],
    ['attempts that overlap', attemptsOf([10, 30], [20, 45]), 35],
    ['one within the other', attemptsOf([10, 50], [20, 30]), 40],
    ['any order', attemptsOf([40, 45], [10, 30]), 25],
  ])('counts the time of %s once', (_name, attempts, expected) => {
    expect(busyNs(attempts)).toBe(expected)
  })
})

describe('backoffNs', () => {
  it('sums the waits', () => {
    expect(backoffNs(attemptsOf([0, 1, 5], [2, 3, 7]))).toBe(12)
  })
})
