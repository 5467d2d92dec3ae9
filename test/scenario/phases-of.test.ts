import { describe, expect, it } from 'vitest'
import { phasesOf } from '../../src/scenario/phases-of.ts'

const none = { warmupSeconds: 0, cooldownSeconds: 0, warmupItems: 0, cooldownItems: 0 }
const seconds = (...values: readonly number[]) => values.map(value => value * 1e9)
const letters = { warmup: 'w', measure: 'm', cooldown: 'c' }

describe('phasesOf', () => {
  it.each([
    ['measures everything without phases', none, seconds(0, 1, 2, 3), 'mmmm'],
    ['warms up before the given second', { ...none, warmupSeconds: 2 }, seconds(0, 1.9, 2, 3), 'wwmm'],
    ['cools down in the last seconds', { ...none, cooldownSeconds: 1 }, seconds(0, 1, 2, 2.5, 3), 'mmmcc'],
    [
      'counts items without times',
      { ...none, warmupItems: 1, cooldownItems: 2 },
      [null, null, null, null],
      'wmcc',
    ],
    [
      'takes the longer of seconds and items',
      { ...none, warmupSeconds: 1, warmupItems: 2, cooldownSeconds: 1, cooldownItems: 2 },
      seconds(0, 1, 2, 3, 4),
      'wwmcc',
    ],
    [
      'prefers warm-up where the two meet',
      { ...none, warmupSeconds: 9, cooldownSeconds: 9 },
      seconds(0, 1, 2),
      'www',
    ],
  ])('%s', (...[, phases, due, expected]) => {
    const lastDueNs = due.at(-1) ?? 0
    const found = phasesOf(due, { phases, lastDueNs })
    expect(found.map(phase => letters[phase]).join('')).toBe(expected)
  })
})
