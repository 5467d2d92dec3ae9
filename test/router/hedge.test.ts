import { describe, expect, it } from 'vitest'
import type { RouterOptions } from '../../src/router/index.ts'
import { hedgeDelayMs } from '../../src/router/hedge-delay.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream } from '../support/scripted-server.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  recordsOf,
  refusing,
  type Script,
  silent,
  textOf,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })

type Settings = NonNullable<RouterOptions['settings']>

const hedge = { after: null, afterMs: 30, maxShare: 1 }
const settings: Settings = { hedge }

const roleOnly: Script = response => openStream(response)(chunkOf({ role: 'assistant', content: '' }))
const later =
  (ms: number, script: Script): Script =>
  (response, request) => {
    setTimeout(() => script(response, request), ms)
  }

/** One script for the first call, another for those after it. */
function firstThen(first: Script, then: Script): Script {
  let calls = 0
  return (...args) => (calls++ === 0 ? first : then)(...args)
}

describe('hedges', () => {
  it('answer a stream whose first provider has no token in time; it is given up, with its cost', async () => {
    let wasClosed = false
    const watched: Script = (response, request) => {
      response.once('close', () => {
        wasClosed = true
      })
      roleOnly(response, request)
    }
    await using router = await openTestRouter([a, b], { a: watched, b: answering('Hedged') }, { settings })
    const response = await router.post(ask({ stream: true }))
    expect(response.headers.get('x-routebench-attempts')).toBe('2')
    const { chunks, isDone } = await readEvents(response)
    expect(textOf(chunks)).toBe('Hedged')
    expect(isDone).toBe(true)
    expect(chunks.every(chunk => chunk.provider === 'B Cloud')).toBe(true)
    const { attempts, requests } = await recordsOf(router.sink)
    expect(attempts.map(x => [x.attempt_no, x.kind, x.outcome, x.fault, x.winner])).toEqual([
      [1, 'primary', 'canceled', 'none', false],
      [2, 'hedge', 'ok', 'none', true],
    ])
    // It had begun, so what was made of it until then is billed, and only the provider knows how much.
    expect(attempts[0]).toMatchObject({ cost_usd: null, cost_unknown_reason: 'canceled_midway' })
    expect(attempts[1]?.reason).toContain('no token at a/one after 30 ms')
    expect(requests[0]).toMatchObject({
      outcome: 'ok',
      attempts: 2,
      served_provider: 'b',
      fallback: 'provider',
      fallback_cause: 'hedge',
      cost_unknown_reason: 'canceled_midway',
    })
    expect(requests[0]?.charged_usd).not.toBeNull()
    await expect.poll(() => wasClosed).toBe(true)
    expect(requests[0]?.upstream_us).toBeLessThanOrEqual(requests[0]?.latency_us ?? 0)
  })

  it('are given up when the first answers after all, and cost nothing where nothing had begun', async () => {
    const scripts = { a: later(50, answering('Slow')), b: silent }
    await using router = await openTestRouter([a, b], scripts, { settings })
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks)).toBe('Slow')
    const { attempts, requests } = await recordsOf(router.sink)
    expect(attempts.map(x => [x.attempt_no, x.kind, x.outcome, x.winner])).toEqual([
      [2, 'hedge', 'canceled', false],
      [1, 'primary', 'ok', true],
    ])
    expect(attempts[0]).toMatchObject({ cost_usd: 0n })
    expect(requests[0]).toMatchObject({
      outcome: 'ok',
      fallback: 'none',
      served_provider: 'a',
      wasted_usd: 0n,
    })
    expect(requests[0]?.cost_usd).toBe(attempts[1]?.cost_usd)
  })

  it('answer without a stream, too; what the first costs is unknown then', async () => {
    await using router = await openTestRouter([a, b], { a: silent, b: answering('Hedged') }, { settings })
    const response = await router.post(ask())
    expect(response.headers.get('x-routebench-attempts')).toBe('2')
    expect((await bodyOf(response)).choices[0]?.message.content).toBe('Hedged')
    const { attempts } = await recordsOf(router.sink)
    const rows = attempts.toSorted((x, y) => x.attempt_no - y.attempt_no)
    expect(rows.map(x => [x.kind, x.winner, x.cost_unknown_reason])).toEqual([
      ['primary', false, 'canceled_in_full'],
      ['hedge', true, ''],
    ])
  })

  it('leave the request to the first when they fail, and the other way round', async () => {
    const scripts = { a: later(50, answering('Slow')), b: refusing(500) }
    await using first = await openTestRouter([a, b], scripts, { settings })
    expect((await bodyOf(first.post(ask()))).choices[0]?.message.content).toBe('Slow')
    const others = { a: later(50, refusing(500)), b: later(40, answering('Hedged')) }
    await using second = await openTestRouter([a, b], others, { settings })
    expect((await bodyOf(second.post(ask()))).choices[0]?.message.content).toBe('Hedged')
    expect((await recordsOf(second.sink)).requests[0]).toMatchObject({
      fallback_cause: 'server',
      attempts: 2,
    })
  })

  it('go on to what is left when both fail', async () => {
    const c = endpointOf({ provider: 'c', input: 3 })
    const scripts = { a: later(50, refusing(500)), b: refusing(500), c: answering('Third') }
    await using router = await openTestRouter([a, b, c], scripts, { settings })
    expect((await bodyOf(router.post(ask()))).choices[0]?.message.content).toBe('Third')
    expect((await recordsOf(router.sink)).attempts.map(x => x.kind).toSorted()).toEqual([
      'hedge',
      'primary',
      'provider_fallback',
    ])
  })

  it.each<[string, Settings, object]>([
    ['where they are off', {}, {}],
    ['without fallbacks', settings, { provider: { allow_fallbacks: false } }],
    ['beyond the retry budget', { ...settings, retryBudget: { perRequest: 0, reserve: 0 } }, {}],
    ['beyond their share', { hedge: { ...hedge, maxShare: 0.01 } }, { second: true }],
    [
      'where there is no quantile of first tokens yet',
      { hedge: { ...hedge, after: 'p90', afterMs: null } },
      {},
    ],
  ])('are not made %s', async (_name, more, body) => {
    const scripts = { a: later(50, answering('Slow')), b: answering('No') }
    await using router = await openTestRouter([a, b], scripts, { settings: more })
    const times = 'second' in body ? 2 : 1
    for (let n = 0; n < times; n++) await (await router.post(ask({ stream: true, ...body }))).text()
    const { requests } = await recordsOf(router.sink, times)
    expect(requests.at(-1)).toMatchObject({ served_provider: 'a', attempts: 1 })
  })

  it('take the pin of a conversation with them, and say why', async () => {
    const cached = ['a', 'b'].map((provider, n) => endpointOf({ provider, input: n + 2, cacheRead: 1 }))
    const scripts = { a: firstThen(answering('Fast'), silent), b: answering('Hedged') }
    await using router = await openTestRouter(cached, scripts, { settings })
    const post = async () => (await router.post(ask({ stream: true, session_id: 's' }))).text()
    for (let n = 0; n < 2; n++) await post()
    const { requests } = await recordsOf(router.sink, 2)
    expect(requests.map(row => row.sticky)).toEqual(['new', 'moved_fault'])
    expect(requests[1]?.sticky_reason).toContain('a/one failed with a late first token')
  })

  it('never tell the caller of what lost: no chunk of it, no error', async () => {
    const failing: Script = (response, request) => {
      roleOnly(response, request)
      setTimeout(() => response.end('data: {"error":{"message":"secret"}}\n\n'), 45)
    }
    await using router = await openTestRouter(
      [a, b],
      { a: failing, b: later(5, answering('Fine')) },
      { settings },
    )
    const text = await (await router.post(ask({ stream: true }))).text()
    expect(text).not.toContain('secret')
    expect(text.match(/"role"/g)).toHaveLength(1)
  })
})

describe('hedgeDelayMs', () => {
  const known = { ttftMs: { p50: 100, p75: 200, p90: 300, p99: 900 }, ttftSamples: 50 }

  it.each([
    ['nothing where it is off', null, known, true, null],
    ['the quantile of a stream', { after: 'p90', afterMs: 5, maxShare: 1 }, known, true, 300],
    ['the fixed time without a stream', { after: 'p90', afterMs: 5, maxShare: 1 }, known, false, 5],
    [
      'the fixed time of few samples',
      { after: 'p90', afterMs: 5, maxShare: 1 },
      { ...known, ttftSamples: 3 },
      true,
      5,
    ],
    ['the fixed time alone', { after: null, afterMs: 5, maxShare: 1 }, known, true, 5],
    [
      'nothing where neither is known',
      { after: 'p90', afterMs: null, maxShare: 1 },
      { ttftMs: null, ttftSamples: 0 },
      true,
      null,
    ],
  ] as const)('is %s', (_name, value, health, isStream, expected) => {
    expect(hedgeDelayMs(value, health, isStream)).toBe(expected)
  })
})
