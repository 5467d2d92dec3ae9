import { describe, expect, it } from 'vitest'
import { parseDurationMs } from '../../src/cli/commands/options.ts'

describe('parseDurationMs', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['24h', 86_400_000],
  ])('reads %s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms)
  })

  it.each(['', '30', '0s', '-1s', '1d', '1 s', 's', '1e3s', '600h', 'NaNs'])('refuses %j', text => {
    expect(() => parseDurationMs(text)).toThrow(/number with its unit/)
  })
})
