import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import {
  answering,
  ask,
  bodyOf,
  cutting,
  openTestRouter,
  readEvents,
  recordsOf,
  refusing,
  type Script,
  silent,
  textOf,
} from '../router/open-test-router.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream, usageChunk } from '../support/scripted-server.ts'
import { saying } from './scripts.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2 })
const b = endpointOf({ provider: 'b', input: 3, output: 4 })
const two = endpointOf({ provider: 'b', model: 'acme/two', input: 5 })
const withMetadata = { 'x-openrouter-metadata': 'enabled' }

const generationOf = async (router: Awaited<ReturnType<typeof openTestRouter>>, response: Response) => {
  const id = response.headers.get('x-generation-id') ?? ''
  return (await bodyOf(router.get(`/api/v1/generation?id=${id}`))).data
}

/** An answer in which nothing is said. */
const empty: Script = (response, request) => {
  if (!request.body.includes('"stream":true')) return saying({ id: 'x', choices: [] })(response, request)
  openStream(response)('[DONE]')
  response.end()
}

describe('7. a failure before the first token', () => {
  const deadlines = { attemptTimeoutMs: 150, firstTokenTimeoutMs: 150 }

  it.each([
    ['500', refusing(500), 500],
    ['429', refusing(429), 429],
    ['timeout', silent, null],
    ['empty answer', empty, 200],
  ] as const)('goes to the next provider, and both are listed: %s', async (_name, script, status) => {
    for (const stream of [false, true]) {
      const scripts = { a: script, b: answering('Rescued') }
      await using router = await openTestRouter([a, b], scripts, { settings: deadlines })
      const response = await router.post(ask({ stream }), withMetadata)
      const text = await response.clone().text()
      expect([response.status, text.includes('Rescued')]).toEqual([200, true])
      const told = stream ? (await readEvents(response)).chunks.at(-1) : await bodyOf(response)
      expect(told.openrouter_metadata).toMatchObject({
        attempt: 2,
        attempts: [
          { provider: 'A Cloud', model: 'acme/one', status: status ?? 0 },
          { provider: 'B Cloud', model: 'acme/one', status: 200 },
        ],
      })
      expect(await generationOf(router, response)).toMatchObject({
        provider_name: 'B Cloud',
        provider_responses: [
          { provider_name: 'A Cloud', endpoint_id: 'a/one', status },
          { provider_name: 'B Cloud', endpoint_id: 'b/one', status: 200 },
        ],
      })
    }
  })
})

describe('8. a failure after the first token', () => {
  it('is one event with the error; nobody else is tried, nothing is charged, and uptime counts it', async () => {
    let isWell = true
    const scripts: Record<string, Script> = {
      a: (...args) => (isWell ? answering('Fine') : cutting)(...args),
      b: answering('No'),
    }
    await using router = await openTestRouter([a, b], scripts)
    for (let request = 0; request < 99; request++) await router.post(ask())
    isWell = false
    const response = await router.post(ask({ stream: true }))
    const { chunks, isDone } = await readEvents(response)
    expect([response.status, isDone, textOf(chunks.slice(0, -1))]).toEqual([200, true, 'Half a '])
    expect(chunks.at(-1)).toMatchObject({
      id: chunks[0].id,
      object: 'chat.completion.chunk',
      created: expect.any(Number),
      model: 'acme/one',
      provider: 'A Cloud',
      error: { code: 502, message: expect.any(String), metadata: { error_type: 'provider_unavailable' } },
      choices: [
        { index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: 'truncated' },
      ],
    })
    expect(router.calls.map(({ provider }) => provider)).not.toContain('b')
    const { requests } = await recordsOf(router.sink, 100)
    expect(requests.at(-1)).toMatchObject({ attempts: 1, charged_usd: 0n, outcome: 'truncated' })
    expect(await generationOf(router, response)).toMatchObject({ total_cost: 0, usage: 0 })
    const { data } = await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))
    expect(data['endpoints']).toMatchObject([{ tag: 'a', uptime_last_30m: 99 }, { tag: 'b' }])
  })
})

describe('9. models', () => {
  const tooLong = saying(
    {
      error: {
        message: "This model's maximum context length is 8192 tokens.",
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
      },
    },
    400,
  )
  const twice = { settings: { maxAttempts: 2 } }
  const small = endpointOf({ provider: 'a', more: { contextTokens: 2 } })

  it.each([
    ['says the provider', a, tooLong, ['a', 'b'], 'context_length_exceeded'],
    ['says the catalogue', small, answering('No'), ['b'], 'no_endpoints'],
  ] as const)('go on when the prompt is too long, %s', async (_name, first, script, called, cause) => {
    await using router = await openTestRouter([first, two], { a: script, b: answering('Two') })
    const body = await bodyOf(router.post(ask({ models: ['acme/two'] }), withMetadata))
    expect(body).toMatchObject({ model: 'acme/two', choices: [{ message: { content: 'Two' } }] })
    expect(body.openrouter_metadata).toMatchObject({ requested: 'acme/one', strategy: 'fallback' })
    expect(router.calls.map(({ provider }) => provider)).toEqual(called)
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      served_model: 'acme/two',
      fallback: 'model',
      fallback_cause: cause,
    })
  })

  it('tell the error of the last one when none can', async () => {
    await using router = await openTestRouter([a, two], { a: refusing(503), b: tooLong }, twice)
    const response = await router.post(ask({ models: ['acme/two'] }))
    expect(response.status).toBe(400)
    expect((await bodyOf(response)).error).toMatchObject({
      code: 400,
      metadata: {
        error_type: 'context_length_exceeded',
        provider_name: 'B Cloud',
        previous_errors: [{ provider: 'A Cloud', status: 503 }],
      },
    })
  })

  it('are not needed for an error of its own', async () => {
    await using router = await openTestRouter([small], {})
    const response = await router.post(ask())
    expect([response.status, (await bodyOf(response)).error.metadata['error_type']]).toEqual([
      400,
      'context_length_exceeded',
    ])
  })
})

describe('14. zero-completion insurance', () => {
  const ended = (finish: string | null, completion: number) =>
    saying({
      id: 'x',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'x'.repeat(completion) }, finish_reason: finish },
      ],
      usage: { prompt_tokens: 10, completion_tokens: completion, total_tokens: 10 + completion },
    })

  it.each([
    ['no completion tokens and no finish reason', ended(null, 0), 10, 0],
    ['the finish reason error', ended('error', 5), 20, 0],
    ['tokens, and a finish reason', ended('stop', 5), 20, 20],
    ['no tokens, but a finish reason', ended('content_filter', 0), 10, 10],
  ] as const)('after %s', async (_name, script, costMicros, chargedMicros) => {
    await using router = await openTestRouter([a], { a: script }, { settings: { maxAttempts: 1 } })
    const response = await router.post(ask())
    const micro = 1_000_000n
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({
      // What the provider bills us is another matter.
      cost_usd: BigInt(costMicros) * micro,
      charged_usd: BigInt(chargedMicros) * micro,
    })
    expect(await generationOf(router, response)).toMatchObject({ total_cost: chargedMicros / 1e6 })
  })
})

describe('16. a stream', () => {
  const commenting: Script = response => {
    const write = openStream(response)
    response.write(': OPENROUTER PROCESSING\n\n')
    write({ ...chunkOf({ role: 'assistant', content: 'Hello ' }), usage: null })
    response.write(': data: {"choices":[]}\n\n:no space\n\n')
    write(chunkOf({ content: 'you' }))
    write(chunkOf({}, 'stop'))
    write(usageChunk(10, 5))
    write('[DONE]')
    response.end()
  }

  it('keeps comments as comments, tells usage once with empty choices, and ends with [DONE]', async () => {
    await using router = await openTestRouter([a], { a: commenting })
    const { chunks, comments, isDone } = await readEvents(await router.post(ask({ stream: true })))
    expect(comments).toEqual([': data: {"choices":[]}', ': no space'])
    expect(textOf(chunks)).toBe('Hello you')
    expect(chunks.filter(chunk => chunk.usage !== undefined)).toEqual([chunks.at(-1)])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } })
    expect(isDone).toBe(true)
  })

  it('is read by a client whose parser skips comments', async () => {
    await using router = await openTestRouter([a], { a: commenting })
    const client = new OpenAI({ baseURL: `${router.url}/api/v1`, apiKey: 'any', maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Hello?' }]
    let text = ''
    for await (const chunk of await client.chat.completions.create({
      model: 'acme/one',
      messages,
      stream: true,
    })) {
      text += chunk.choices[0]?.delta.content ?? ''
    }
    expect(text).toBe('Hello you')
  })
})

/** Milliseconds from the caller's going to the closing of the upstream connection. */
async function cancelOnce(): Promise<number> {
  let closedAtMs = Number.NaN
  const endless: Script = response => {
    openStream(response)(chunkOf({ content: 'On and ' }))
    response.on('close', () => {
      closedAtMs = performance.now()
    })
  }
  await using router = await openTestRouter([a, b], { a: endless, b: answering('No') })
  const response = await router.post(ask({ stream: true }))
  await response.body?.getReader().read()
  const goneAtMs = performance.now()
  router.abort()
  const { requests } = await recordsOf(router.sink)
  await expect.poll(() => closedAtMs, { interval: 1 }).toBeGreaterThan(0)
  expect(requests[0]).toMatchObject({ outcome: 'canceled', attempts: 1 })
  expect(await generationOf(router, response)).toMatchObject({ cancelled: true })
  return closedAtMs - goneAtMs
}

describe('17. a caller that goes away', () => {
  it('ends the upstream call within 50 ms, and is told as cancelled', async () => {
    // A busy machine may be late once.
    const waits: number[] = []
    while (waits.length < 5 && !(Math.min(...waits) < 50)) waits.push(await cancelOnce())
    expect(Math.min(...waits)).toBeLessThan(50)
  })
})
