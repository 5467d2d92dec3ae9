import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream } from '../support/scripted-server.ts'
import {
  answering,
  ask,
  bodyOf,
  cutting,
  openTestRouter,
  readEvents,
  recordsOf,
  refusing,
  silent,
  textOf,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2 })
const b = endpointOf({ provider: 'b', input: 3, output: 4 })
const two = endpointOf({ provider: 'a', model: 'acme/two', input: 5 })

describe('POST /api/v1/chat/completions', () => {
  it('answers in the shape of OpenRouter', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello there') })
    const response = await router.post(ask())
    const body = await bodyOf(response)
    expect(response.status).toBe(200)
    expect(body).toMatchObject({
      id: response.headers.get('x-generation-id'),
      object: 'chat.completion',
      model: 'acme/one',
      provider: 'A Cloud',
      system_fingerprint: null,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          native_finish_reason: 'stop',
          message: { role: 'assistant', content: 'Hello there', refusal: null, reasoning: null },
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        cost: 0.00002,
        cost_details: {
          upstream_inference_cost: null,
          upstream_inference_prompt_cost: 0.00001,
          upstream_inference_completions_cost: 0.00001,
        },
      },
    })
    expect(body.id).toMatch(/^gen-\d+-[0-9a-z]{20}$/)
  })

  it('streams chunks under its own name, usage once at the end, then [DONE]', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello there you') })
    const response = await router.post(ask({ stream: true }))
    const { chunks, isDone } = await readEvents(response)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-routebench-attempts')).toBe('1')
    expect(textOf(chunks)).toBe('Hello there you')
    expect(isDone).toBe(true)
    expect(new Set(chunks.map(c => `${c.id} ${c.object} ${c.model} ${c.provider}`))).toEqual(
      new Set([`${response.headers.get('x-generation-id')} chat.completion.chunk acme/one A Cloud`]),
    )
    expect(chunks.filter(c => c.usage)).toHaveLength(1)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, cost: 0.00002 } })
    expect(chunks.at(-2).choices[0]).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'stop' })
  })

  it('sends the provider its own model name, no router fields, and the trace', async () => {
    await using router = await openTestRouter([a], { a: answering('Hi') })
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
    const body = ask({
      stream: true,
      session_id: 's',
      models: ['acme/one'],
      provider: {},
      custom: [1],
      user: 'u',
    })
    await (await router.post(body, { traceparent })).text()
    const { sink } = router
    await recordsOf(sink)
    expect(router.calls[0]?.body).toEqual({
      model: 'up-one',
      messages: [{ role: 'user', content: 'Say hello' }],
      stream: true,
      stream_options: { include_usage: true },
      custom: [1],
      user: expect.stringMatching(/^[0-9a-f]+$/),
    })
    expect(router.calls[0]?.headers['authorization']).toBe('Bearer sk-secret')
    expect(router.calls[0]?.headers['traceparent']).toBe(
      `00-${'1'.repeat(32)}-${sink.attempts[0]?.span_id}-01`,
    )
    expect(
      Object.keys(router.calls[0]?.headers ?? {}).filter(name => name.startsWith('x-routebench')),
    ).toEqual([])
    expect(sink.requests[0]).toMatchObject({ trace_id: '1'.repeat(32), parent_span_id: '2'.repeat(16) })
    expect(sink.attempts[0]?.parent_span_id).toBe(sink.requests[0]?.span_id)
  })

  it('drops parameters an endpoint does not support, and says so in the record', async () => {
    const plain = endpointOf({ provider: 'a', parameters: ['temperature'] })
    await using router = await openTestRouter([plain], { a: answering('Hi') })
    await router.post(ask({ temperature: 0, top_k: 5, seed: 1, max_tokens: 9 }))
    expect(router.calls[0]?.body).not.toHaveProperty('top_k')
    expect(router.calls[0]?.body).toMatchObject({ temperature: 0, max_tokens: 9 })
    expect(router.sink.attempts[0]?.reason).toMatch(/; without top_k, seed$/)
  })

  it('answers a stream although the provider sent a whole body', async () => {
    await using router = await openTestRouter([a], {
      a: response => answering('All at once')(response, { headers: {}, path: '', body: '' }),
    })
    const { chunks, isDone } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks)).toBe('All at once')
    expect(isDone).toBe(true)
  })

  it('keeps a silent stream alive with comments', async () => {
    const late: typeof silent = (response, request) => {
      setTimeout(() => answering('At last')(response, request), 40)
    }
    const settings = { keepAliveFirstMs: 5, keepAliveEveryMs: 10 }
    await using router = await openTestRouter([a], { a: late }, { settings })
    const { comments, chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(comments.length).toBeGreaterThanOrEqual(2)
    expect(new Set(comments)).toEqual(new Set([': OPENROUTER PROCESSING']))
    expect(textOf(chunks)).toBe('At last')
    expect((await recordsOf(router.sink)).requests[0]?.first_comment_us).toBeGreaterThan(0)
  })
})

describe('fallback', () => {
  it.each([
    ['500', refusing(500), 'server', 500],
    ['429', refusing(429), 'rate_limit_exceeded', 429],
    ['401', refusing(401), 'authentication', 401],
    ['an error chunk', errorChunk, 'provider_unavailable', 200],
    ['an empty stream', emptyStream, 'truncated', 200],
    ['a reset', resetting, 'connection_reset', 0],
    ['silence', silent, 'timeout_first_token', 0],
  ] as const)('after %s goes to the next provider unseen, streaming', async (_name, fault, ...expected) => {
    const [errorType, status] = expected
    const settings = { firstTokenTimeoutMs: 40 }
    await using router = await openTestRouter([a, b], { a: fault, b: answering('Rescued') }, { settings })
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks)).toBe('Rescued')
    expect(chunks.every(c => c.provider === 'B Cloud')).toBe(true)
    const { attempts, requests } = await recordsOf(router.sink)
    expect(attempts.map(x => [x.provider, x.kind, x.error_type, x.http_status, x.winner])).toEqual([
      ['a', 'primary', errorType, status, false],
      ['b', 'provider_fallback', '', 200, true],
    ])
    expect(attempts[1]?.reason).toBe(`backup by price; after ${String(errorType)} at a/one`)
    expect(requests[0]).toMatchObject({
      outcome: 'ok',
      fallback: 'provider',
      fallback_cause: errorType,
      attempts: 2,
      served_provider: 'b',
    })
  })

  it('works the same without a stream', async () => {
    const settings = { attemptTimeoutMs: 40 }
    await using router = await openTestRouter([a, b], { a: silent, b: answering('Rescued') }, { settings })
    const response = await router.post(ask())
    expect(response.headers.get('x-routebench-attempts')).toBe('2')
    expect((await bodyOf(response)).choices[0]?.message.content).toBe('Rescued')
    // What the provider did with the request that timed out is not known, so neither is the cost.
    const { attempts, requests } = await recordsOf(router.sink)
    expect(attempts[0]).toMatchObject({ error_type: 'timeout_total', cost_usd: null, cost_source: 'none' })
    expect(requests[0]).toMatchObject({ cost_usd: null, wasted_usd: null, cost_source: 'none' })
  })

  it('tries no other provider for a request that is wrong', async () => {
    await using router = await openTestRouter([a, b], { a: refusing(400), b: answering('No') })
    const response = await router.post(ask())
    expect(response.status).toBe(400)
    expect(router.calls.map(call => call.provider)).toEqual(['a'])
  })

  it('stays with the first provider when fallbacks are off', async () => {
    await using router = await openTestRouter([a, b], { a: refusing(503), b: answering('No') })
    const response = await router.post(ask({ provider: { allow_fallbacks: false } }))
    expect(response.status).toBe(503)
    expect(router.calls).toHaveLength(1)
  })

  it('tries the next model after any error', async () => {
    const scripts = {
      a: (...args: Parameters<typeof silent>) =>
        (args[1].body.includes('up-one') ? refusing(400) : answering('Two'))(...args),
    }
    await using router = await openTestRouter([a, two], scripts)
    const body = await bodyOf(router.post(ask({ models: ['acme/two'] })))
    expect(body).toMatchObject({ model: 'acme/two', choices: [{ message: { content: 'Two' } }] })
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      requested_model: 'acme/one',
      served_model: 'acme/two',
      fallback: 'model',
      fallback_cause: 'invalid_request',
    })
  })

  it('goes to the next model when nothing of the first may serve', async () => {
    const small = endpointOf({ provider: 'a', more: { contextTokens: 2 } })
    await using router = await openTestRouter([small, two], { a: answering('Two') })
    expect((await bodyOf(router.post(ask({ models: ['acme/two'] })))).model).toBe('acme/two')
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      fallback: 'model',
      fallback_cause: 'no_endpoints',
      attempts: 1,
    })
  })

  it('avoids an endpoint in cool-down, and returns to it as the last resort', async () => {
    const busy = { a: refusing(429, { 'retry-after': '60' }), b: answering('B') }
    await using router = await openTestRouter([a, b], busy)
    await router.post(ask())
    await router.post(ask())
    expect(router.calls.map(call => call.provider)).toEqual(['a', 'b', 'b'])
    await router.post(ask({ provider: { only: ['a'] } }))
    expect(router.calls.at(-1)?.provider).toBe('a')
    expect(router.sink.attempts.at(-1)?.reason).toBe('last resort, in cool-down')
  })
})

describe('failure', () => {
  it('after the first token ends the stream with an error event and tries nobody else', async () => {
    await using router = await openTestRouter([a, b], { a: cutting, b: answering('No') })
    const response = await router.post(ask({ stream: true }))
    const { chunks, isDone } = await readEvents(response)
    expect(response.status).toBe(200)
    expect(textOf(chunks)).toBe('Half a ')
    expect(chunks.at(-1)).toEqual({
      id: response.headers.get('x-generation-id'),
      object: 'chat.completion.chunk',
      created: expect.any(Number),
      model: 'acme/one',
      provider: 'A Cloud',
      error: {
        code: 502,
        http_status: 502,
        error_type: 'provider_unavailable',
        message: 'Provider returned error',
        metadata: {
          error_type: 'provider_unavailable',
          provider_name: 'A Cloud',
          raw: 'the stream ended before it was finished',
          previous_errors: [],
        },
      },
      choices: [
        { index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: 'truncated' },
      ],
    })
    expect(isDone).toBe(true)
    expect(router.calls).toHaveLength(1)
    const { requests, attempts } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({
      outcome: 'truncated',
      fault: 'provider',
      served_provider: 'a',
      cost_usd: null,
    })
    expect(attempts[0]).toMatchObject({ outcome: 'truncated', winner: true })
  })

  it('of all providers is told with the last error, the earlier ones and the shortest wait', async () => {
    const scripts = { a: refusing(503, { 'retry-after': '9' }), b: refusing(429, { 'retry-after': '4' }) }
    await using router = await openTestRouter([a, b], scripts)
    const response = await router.post(ask({ stream: true }))
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('4')
    expect(await bodyOf(response)).toEqual({
      error: {
        code: 429,
        http_status: 429,
        error_type: 'rate_limit_exceeded',
        message: 'Provider returned error',
        metadata: {
          error_type: 'rate_limit_exceeded',
          provider_name: 'B Cloud',
          provider_code: '429',
          raw: 'no: 429',
          previous_errors: [{ provider: 'A Cloud', code: 'provider_overloaded', status: 503 }],
        },
        availability: {
          code: 'capacity_exhausted',
          retryable: true,
          retry_after: 4,
          requested_models: ['acme/one'],
          affected_providers: ['a', 'b'],
          docs_url: 'docs/router.md#no-endpoints',
        },
      },
    })
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      outcome: 'error',
      fault: 'rate_limit',
      rate_limited: true,
      cost_usd: 0n,
      http_status: 429,
    })
  })

  it('after a keep-alive comment is an event, since status 200 has gone out', async () => {
    const settings = { keepAliveFirstMs: 5, firstTokenTimeoutMs: 40 }
    await using router = await openTestRouter([a], { a: silent }, { settings })
    const response = await router.post(ask({ stream: true }))
    const { chunks, isDone } = await readEvents(response)
    expect(response.status).toBe(200)
    expect(chunks).toHaveLength(1)
    expect(chunks[0]).toMatchObject({ error: { code: 504, error_type: 'timeout' } })
    expect(isDone).toBe(true)
  })

  it('with a bad key at the provider is no 401 to the caller', async () => {
    await using router = await openTestRouter([a], { a: refusing(401) })
    expect((await router.post(ask())).status).toBe(502)
  })
})

describe('cancellation', () => {
  it('reaches the provider at once and is recorded', async () => {
    let closedAtMs = 0
    const endless: typeof silent = response => {
      openStream(response)(chunkOf({ content: 'On and ' }))
      response.on('close', () => {
        closedAtMs = performance.now()
      })
    }
    await using router = await openTestRouter([a, b], { a: endless, b: answering('No') })
    const response = await router.post(ask({ stream: true }))
    await response.body?.getReader().read()
    const abortedAtMs = performance.now()
    router.abort()
    const { requests, attempts } = await recordsOf(router.sink)
    // 50 ms is the promise; the rest is for a busy machine.
    expect(closedAtMs - abortedAtMs).toBeLessThan(500)
    expect(requests[0]).toMatchObject({ outcome: 'canceled', fault: 'client', cost_usd: null })
    expect(attempts).toHaveLength(1)
    expect(router.calls).toHaveLength(1)
  })

  it('before the first token tries nobody else', async () => {
    await using router = await openTestRouter([a, b], { a: silent, b: answering('No') })
    const answer = router.post(ask({ stream: true }))
    while (router.calls.length === 0) await new Promise(resolve => setImmediate(resolve))
    router.abort()
    await expect(answer).rejects.toThrow()
    const { requests, attempts } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ outcome: 'canceled', http_status: 0, served_provider: '' })
    expect(attempts[0]).toMatchObject({ outcome: 'canceled', winner: false })
  })
})

function errorChunk(response: Parameters<typeof silent>[0]): void {
  const write = openStream(response)
  write({ error: { code: 502, message: 'upstream broke' }, choices: [] })
  response.end()
}

function emptyStream(response: Parameters<typeof silent>[0]): void {
  openStream(response)(chunkOf({ role: 'assistant', content: '' }))
  response.end()
}

function resetting(response: Parameters<typeof silent>[0]): void {
  response.destroy()
}
