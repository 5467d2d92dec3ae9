import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf, openWatchedBoard } from './watched-board.ts'

describe('createStateBoard', () => {
  it('records each change of an outage when it happened, with what caused it and until when it lasts', async () => {
    const { clock, note, changes, sink } = await openWatchedBoard()
    note('ok')
    for (let time = 0; time < 3; time++) note('provider_unavailable')
    await clock.advanceMs(5_000)
    note('provider_unavailable')
    await clock.advanceMs(12_000)
    note('ok')
    expect(changes()).toEqual([
      '0 alpha/one closed → open: 3 errors in a row',
      '5 alpha/one open → half_open: after 5000 ms the next request may try it',
      '5.000001 alpha/one half_open → open: its probe failed',
      '15 alpha/one open → half_open: after 10000 ms the next request may try it',
      '17 alpha/one half_open → closed: it answered',
    ])
    const [opened, tried] = sink.states
    expect(opened).toMatchObject({
      run_id: 'run-1',
      router: 'router',
      provider: 'alpha',
      model: 'acme/one',
      until: (opened?.ts ?? 0) + 5_000_000,
      request_id: '0f8fad5b-d9cb-869f-8165-70867728950e',
      schema_version: 3,
    })
    expect(tried).toMatchObject({
      run_id: 'run-1',
      until: null,
      request_id: '00000000-0000-0000-0000-000000000000',
    })
  })

  it('sees the end of a cool-down by itself, also of one that was extended', async () => {
    const { clock, note, changes } = await openWatchedBoard()
    note('rate_limit_exceeded', { retryAfterMs: 4_000 })
    await clock.advanceMs(3_000)
    note('rate_limit_exceeded', { retryAfterMs: 10_000 })
    await clock.advanceMs(60_000)
    expect(changes()).toEqual([
      expect.stringMatching(/^0 alpha\/one closed → cooling: \S/),
      '13 alpha/one cooling → closed: rested',
    ])
  })

  it('records what a key that is left alone everywhere means for other endpoints of the provider', async () => {
    const { note, sink } = await openWatchedBoard()
    note('authentication')
    expect(sink.states.map(row => `${row.endpoint} ${row.to_state}`)).toEqual([
      'alpha/one cooling',
      'alpha/two cooling',
    ])
  })

  it('records nothing while nothing changes', async () => {
    const { clock, note, sink } = await openWatchedBoard()
    for (let time = 0; time < 50; time++) {
      note(time % 3 === 0 ? 'provider_unavailable' : 'ok')
      note('invalid_request')
      await clock.advanceMs(2_000)
    }
    expect(sink.states).toEqual([])
  })

  it('puts rows under the run of the request behind them, and what time changes under the same', async () => {
    const { clock, note, sink } = await openWatchedBoard()
    note('rate_limit_exceeded', { retryAfterMs: 1_000 })
    await clock.advanceMs(2_000)
    note('rate_limit_exceeded', { retryAfterMs: 1_000, live: true })
    await clock.advanceMs(2_000)
    expect(sink.states.map(row => row.run_id)).toEqual(['run-1', 'run-1', '', ''])
  })

  it('puts all rows under the run that its router serves', async () => {
    const { clock, note, sink } = await openWatchedBoard({}, 'run-9')
    note('rate_limit_exceeded', { retryAfterMs: 1_000, live: true })
    await clock.advanceMs(2_000)
    expect(sink.states.map(row => row.run_id)).toEqual(['run-9', 'run-9'])
  })

  it('says that health began anew, and that an endpoint has left the catalogue', async () => {
    const { clock, note, changes, startAnew, endpoints } = await openWatchedBoard()
    note('rate_limit_exceeded', { retryAfterMs: 60_000 })
    note('rate_limit_exceeded', { retryAfterMs: 2_000, id: 'beta/one' })
    endpoints.delete('beta/one')
    await clock.advanceMs(2_000)
    startAnew()
    await clock.advanceMs(100_000)
    expect(changes().slice(2)).toEqual([
      '2 beta/one cooling → closed: it has left the catalogue',
      '2 alpha/one cooling → closed: health began anew',
    ])
  })

  it('waits for nothing once it is closed', async () => {
    const { clock, note, states, sink } = await openWatchedBoard()
    note('rate_limit_exceeded', { retryAfterMs: 1_000 })
    states.close()
    await clock.advanceMs(10_000)
    expect(sink.states).toHaveLength(1)
  })

  it('makes one unbroken chain of rows, in time, that ends in the state of the endpoint', async () => {
    const step = fc.oneof(
      fc.record({ advanceMs: fc.integer({ min: 0, max: 12_000 }) }),
      fc.record({
        type: fc.constantFrom(
          'ok',
          'provider_unavailable',
          'rate_limit_exceeded',
          'authentication',
          'timeout_total',
        ),
        retryAfterMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
        id: fc.constantFrom('alpha/one', 'alpha/two', 'beta/one'),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const { clock, note, sink, health, endpoints } = await openWatchedBoard()
        for (const one of steps) {
          if ('advanceMs' in one) await clock.advanceMs(one.advanceMs)
          else note(one.type, one)
        }
        for (const id of endpoints.keys()) {
          const rows = sink.states.filter(row => row.endpoint === id)
          const chain = rows.map((row, index) => [row.from_state, rows[index - 1]?.to_state ?? 'closed'])
          for (const [from, before] of chain) expect(from).toBe(before)
          for (const [index, row] of rows.entries()) {
            expect(row.to_state).not.toBe(row.from_state)
            expect(row.ts).toBeGreaterThan(rows[index - 1]?.ts ?? 0)
            expect(row.reason).not.toBe('')
          }
          expect(rows.at(-1)?.to_state ?? 'closed').toBe(health.state(id, [keyOf(id)]).state)
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('watchedHealth', () => {
  it('remembers the last attempt of an endpoint, and knows nothing of one that was never tried', async () => {
    const { note, states } = await openWatchedBoard()
    expect(states.last('alpha/one')).toBeUndefined()
    note('ok')
    note('timeout_first_token')
    expect(states.last('alpha/one')).toMatchObject({
      outcome: 'error',
      errorType: 'timeout_first_token',
      isProbe: false,
      latencyMs: 0,
    })
  })
})
