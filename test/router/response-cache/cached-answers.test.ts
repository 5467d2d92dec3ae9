import { describe, expect, it } from 'vitest'
import { openResponseCache } from '../../../src/router/response-cache/response-cache.ts'
import { endpointOf } from '../../support/endpoint-of.ts'
import { makeTemporaryFolder } from '../../support/temporary-folder.ts'
import {
  answering,
  ask,
  bodyOf,
  cutting,
  openTestRouter,
  readEvents,
  recordsOf,
  type Script,
} from '../open-test-router.ts'

const a = endpointOf({ provider: 'a' })
const cached = { 'x-openrouter-cache': 'true' }

/** A router with a response cache in a folder of its own. */
async function openCachingRouter(script: Script = answering('Hello you')) {
  const folder = await makeTemporaryFolder()
  const responseCache = await openResponseCache({ folder: folder.path, maxBytes: 1e6 })
  const router = await openTestRouter([a], { a: script }, { responseCache })
  return {
    ...router,
    [Symbol.asyncDispose]: async () => {
      await router.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Asks until the cache has what was stored in the background. */
async function askUntilHit(
  router: Pick<Awaited<ReturnType<typeof openCachingRouter>>, 'post'>,
  body: object,
) {
  for (;;) {
    const response = await router.post(body, cached)
    if (response.headers.get('x-openrouter-cache-status') === 'HIT') return response
    await response.text()
  }
}

describe('the response cache', () => {
  it('gives an answer again: free, under a new id, without a provider', async () => {
    await using router = await openCachingRouter()
    const first = await router.post(ask(), cached)
    expect(first.headers.get('x-openrouter-cache-status')).toBe('MISS')
    const source = await bodyOf(first)
    const hit = await askUntilHit(router, ask())
    const calls = router.calls.length
    expect(Object.fromEntries(hit.headers)).toMatchObject({
      'x-openrouter-cache-ttl': '300',
      'x-openrouter-cache-age': expect.stringMatching(/^\d+$/),
      'x-openrouter-cache-source-id': expect.stringMatching(/^gen-/),
    })
    const again = await bodyOf(hit)
    expect(again).toMatchObject({
      ...source,
      id: again.id,
      created: expect.any(Number),
      usage: { cost: 0, total_tokens: 0 },
    })
    expect(again.id).not.toBe(source.id)
    await router.post(ask(), cached)
    expect(router.calls).toHaveLength(calls)
  })

  it('gives a stream again, with usage of nothing at its end', async () => {
    await using router = await openCachingRouter()
    const first = await readEvents(await router.post(ask({ stream: true }), cached))
    const again = await readEvents(await askUntilHit(router, ask({ stream: true })))
    expect(again.isDone).toBe(true)
    expect(again.chunks.map(c => c.choices[0]?.delta.content)).toEqual(
      first.chunks.map(c => c.choices[0]?.delta.content),
    )
    expect(again.chunks.at(-1)).toMatchObject({ choices: [], usage: { cost: 0, prompt_tokens: 0 } })
  })

  it('records a hit as such: nothing charged, no attempts', async () => {
    await using router = await openCachingRouter()
    await router.post(ask(), cached)
    await (await askUntilHit(router, ask())).text()
    const { requests } = await recordsOf(router.sink, 2)
    expect(requests[0]).toMatchObject({ response_cache: 'miss', attempts: 1 })
    expect(requests.at(-1)).toMatchObject({
      response_cache: 'hit',
      attempts: 0,
      outcome: 'ok',
      cost_usd: 0n,
      charged_usd: 0n,
      served_endpoint: 'a/one',
      input_tokens: null,
    })
  })

  it.each([
    ['who does not ask', {}, ask(), 'off'],
    ['whose content may not be kept', cached, ask({ provider: { zdr: true } }), 'off'],
    ['who asks for another text', cached, ask({ temperature: 0.5 }), 'miss'],
    ['who asks for a stream', cached, ask({ stream: true }), 'miss'],
  ])('does not serve a caller %s', async (_name, headers, body, state) => {
    await using router = await openCachingRouter()
    await router.post(ask(), cached)
    await askUntilHit(router, ask())
    const before = router.sink.requests.length
    await (await router.post(body, headers)).text()
    const { requests } = await recordsOf(router.sink, before + 1)
    expect(requests[before]?.response_cache).toBe(state)
  })

  it('forgets on request', async () => {
    await using router = await openCachingRouter()
    await router.post(ask(), cached)
    await askUntilHit(router, ask())
    const cleared = await router.post(ask(), { ...cached, 'x-openrouter-cache-clear': 'true' })
    expect(cleared.headers.get('x-openrouter-cache-status')).toBe('MISS')
  })

  it('keeps no answer that broke off', async () => {
    await using router = await openCachingRouter(cutting)
    await (await router.post(ask({ stream: true }), cached)).text()
    const second = await router.post(ask({ stream: true }), cached)
    expect(second.headers.get('x-openrouter-cache-status')).toBe('MISS')
    await second.text()
  })
})
