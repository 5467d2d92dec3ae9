import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../src/core/index.ts'
import { answering, ask, bodyOf, openTestRouter } from '../router/open-test-router.ts'
import { keyOf, usd } from '../router/keys/key-of.ts'
import { endpointOf } from '../support/endpoint-of.ts'

const free = endpointOf({ provider: 'a', model: 'acme/one:free', input: 0 })
const midnight = Date.parse('2026-11-20T00:00:00Z')
const dayMs = 86_400_000

/** A router with two keys of one account, at midnight of a day. */
async function openRouter(creditsUsd: number) {
  const clock = createVirtualClock(midnight * 1000)
  const callers = { keys: [keyOf('one'), keyOf('two')], credits: usd(creditsUsd) }
  const router = await openTestRouter([free], { a: answering('Hi') }, { clock, settings: { callers } })
  const post = async (name = 'one') => {
    const body = ask({ model: 'acme/one:free' })
    return router.post(body, { authorization: `Bearer rb-${name}` })
  }
  return { ...router, clock, post }
}

async function toldOf(response: Response) {
  const { error } = await bodyOf(response)
  const header = (name: string) => response.headers.get(name)
  return {
    status: response.status,
    message: error.message,
    limit: header('x-ratelimit-limit'),
    remaining: header('x-ratelimit-remaining'),
    resetMs: Number(header('x-ratelimit-reset')) - midnight,
    retryAfter: Number(header('retry-after')),
    metadata: error.metadata['headers'],
  }
}

describe('15. limits of free models', () => {
  it('refuse the 21st request in a minute, of all keys together, until the minute is over', async () => {
    await using router = await openRouter(10)
    for (let request = 0; request < 20; request++) {
      const response = await router.post(request % 2 === 0 ? 'one' : 'two')
      expect(response.status).toBe(200)
      expect(response.headers.has('x-ratelimit-limit')).toBe(false)
    }
    expect(await toldOf(await router.post())).toEqual({
      status: 429,
      message: expect.stringMatching(/^Rate limit exceeded: free-models-per-min/),
      limit: '20',
      remaining: '0',
      resetMs: 60_000,
      retryAfter: 60,
      metadata: {
        'X-RateLimit-Limit': '20',
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Reset': String(midnight + 60_000),
      },
    })
    await router.clock.advanceMs(60_000)
    expect((await router.post()).status).toBe(200)
  })

  it.each([
    [51, 9.99],
    [1001, 10],
  ])('refuse request %i of a UTC day with %d USD bought, until midnight', async (refused, creditsUsd) => {
    await using router = await openRouter(creditsUsd)
    for (let request = 1; request < refused; request++) {
      expect((await router.post()).status).toBe(200)
      if (request % 20 === 0) await router.clock.advanceMs(60_000)
    }
    await router.clock.advanceMs(60_000)
    expect(await toldOf(await router.post('two'))).toMatchObject({
      status: 429,
      message: expect.stringMatching(/^Rate limit exceeded: free-models-per-day/),
      limit: String(refused - 1),
      remaining: '0',
      resetMs: dayMs,
    })
    const sinceMidnightMs = router.clock.epochUs() / 1000 - midnight
    await router.clock.advanceMs(dayMs - sinceMidnightMs - 1)
    expect((await router.post()).status).toBe(429)
    await router.clock.advanceMs(1)
    expect((await router.post()).status).toBe(200)
  })
})
