import { describe, expect, it } from 'vitest'
import { attemptDeadlines } from '../../src/router/attempt-deadlines.ts'
import { defaultRouterSettings } from '../../src/router/settings.ts'

describe('attemptDeadlines', () => {
  const time = { stream: false, leftMs: null, learnedMs: null }
  it.each([
    ['half of the request by default, so that another host can be tried', {}, 300_000],
    ['the attempt where that is shorter', { attemptTimeoutMs: 1_000 }, 1_000],
    ['the attempt where the request has no end', { requestTimeoutMs: null }, 600_000],
    ['what it was set to', { unaryTimeoutMs: 450_000 }, 450_000],
  ])('gives an answer without a stream the time of %s', (_name, settings, totalMs) => {
    expect(attemptDeadlines({ ...defaultRouterSettings, ...settings }, time)).toMatchObject({ totalMs })
  })
})
