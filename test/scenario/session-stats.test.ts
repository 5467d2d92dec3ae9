import { describe, expect, it } from 'vitest'
import { sessionStats } from '../../src/scenario/index.ts'

const request = { inputTokens: 100, outputTokens: 10, cachedTokens: 0, thinkSeconds: 0, subagent: false }

describe('sessionStats', () => {
  it('ranks sizes of all requests, and pauses of all but the first of a session', () => {
    const stats = sessionStats([
      {
        id: 'a',
        preambleTokens: 0,
        requests: [
          request,
          { ...request, inputTokens: 300, outputTokens: 0, cachedTokens: 100, thinkSeconds: 8 },
          { ...request, inputTokens: 500, cachedTokens: 350, thinkSeconds: 2.5, subagent: true },
        ],
      },
      { id: 'b', preambleTokens: 0, requests: [request] },
    ])
    expect(stats).toEqual({
      sessions: 2,
      requests: 4,
      subagentRequests: 1,
      inputTokens: { p50: 300, p90: 500, p99: 500 },
      outputTokens: { p50: 10, p90: 10, p99: 10 },
      thinkSeconds: { p50: 8, p90: 8, p99: 8 },
      cachedRatio: 0.45,
    })
  })

  it('takes the value at index ⌊level × n⌋, as reports do', () => {
    const requests = Array.from({ length: 200 }, (_, index) => ({ ...request, inputTokens: 200 - index }))
    const { inputTokens } = sessionStats([{ id: 'a', preambleTokens: 0, requests }])
    expect(inputTokens).toEqual({ p50: 101, p90: 181, p99: 199 })
  })

  it('has nothing to rank without sessions', () => {
    const nothing = { p50: null, p90: null, p99: null }
    expect(sessionStats([])).toEqual({
      sessions: 0,
      requests: 0,
      subagentRequests: 0,
      inputTokens: nothing,
      outputTokens: nothing,
      thinkSeconds: nothing,
      cachedRatio: null,
    })
  })
})
