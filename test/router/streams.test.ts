import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream, usageChunk } from '../support/scripted-server.ts'
import {
  answering,
  ask,
  bodyOf,
  cutting,
  openTestRouter,
  readEvents,
  recordsOf,
  type Script,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2 })
const b = endpointOf({ provider: 'b', input: 3 })

/** A stream with comments before, between and after its chunks, the way gateways send them. */
const commenting: Script = response => {
  const write = openStream(response)
  response.write(': OPENROUTER PROCESSING\n\n')
  write(chunkOf({ role: 'assistant', content: 'Hello ' }))
  response.write(': data: {"choices":[]}\n\n:no space\n\n')
  write(chunkOf({ content: 'you' }, 'stop'))
  write(usageChunk(10, 5))
  write('[DONE]')
  response.end()
}

describe('streams', () => {
  it('keep comments of the provider as comments, from the first token on', async () => {
    await using router = await openTestRouter([a], { a: commenting })
    const { chunks, comments, isDone } = await readEvents(await router.post(ask({ stream: true })))
    expect(comments).toEqual([': data: {"choices":[]}', ': no space'])
    expect(chunks.map(chunk => chunk.choices[0]?.delta.content ?? null)).toEqual(['Hello ', 'you', null])
    expect(isDone).toBe(true)
  })

  it('tell usage once, with empty choices, also when the provider sends it on every chunk', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
    const talkative: Script = response => {
      const write = openStream(response)
      write({ ...chunkOf({ content: 'Hi' }), usage })
      write({ ...chunkOf({}, 'stop'), usage })
      write('[DONE]')
      response.end()
    }
    await using router = await openTestRouter([a], { a: talkative })
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(chunks.map(chunk => 'usage' in chunk)).toEqual([false, false, true])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } })
  })

  it('that break off charge nothing, count against uptime and are told by GET /generation', async () => {
    await using router = await openTestRouter([a, b], { a: cutting, b: answering('No') })
    const response = await router.post(ask({ stream: true }))
    await response.text()
    const { requests } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ outcome: 'truncated', charged_usd: 0n, cost_usd: null })
    expect(router.calls).toHaveLength(1)
    const endpoints = await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))
    expect(endpoints.data).toMatchObject({
      endpoints: [
        { tag: 'a', status: -1 },
        { tag: 'b', status: 0 },
      ],
    })
    const id = response.headers.get('x-generation-id') ?? ''
    const { data } = await bodyOf(router.get(`/api/v1/generation?id=${id}`))
    expect(data).toMatchObject({ total_cost: 0, cost_is_known: true, cancelled: false, streamed: true })
  })

  it.each([true, false])('that a caller leaves are left by the provider too (stream: %s)', async stream => {
    const order: string[] = []
    const endless: Script = response => {
      if (stream) openStream(response)(chunkOf({ content: 'On and ' }))
      response.on('close', () => order.push('provider closed'))
    }
    await using router = await openTestRouter([a, b], { a: endless, b: answering('No') })
    const answer = router.post(ask({ stream })).catch(() => undefined)
    while (router.calls.length === 0) await new Promise(resolve => setImmediate(resolve))
    const response = stream ? await answer : undefined
    await response?.body?.getReader().read()
    const leftAtMs = performance.now()
    order.push('caller left')
    router.abort()
    while (order.length < 2) await new Promise(resolve => setImmediate(resolve))
    // 50 ms is the promise; the rest is for a busy machine.
    expect(performance.now() - leftAtMs).toBeLessThan(500)
    expect(order).toEqual(['caller left', 'provider closed'])
    const { requests, attempts } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ outcome: 'canceled', fault: 'client' })
    expect(attempts).toHaveLength(1)
    expect(router.calls).toHaveLength(1)
  })

  it('that a caller leaves are cancelled in GET /generation', async () => {
    const endless: Script = response => openStream(response)(chunkOf({ content: 'On and ' }))
    await using router = await openTestRouter([a], { a: endless })
    const response = await router.post(ask({ stream: true }))
    await response.body?.getReader().read()
    router.abort()
    await recordsOf(router.sink)
    const id = response.headers.get('x-generation-id') ?? ''
    const { data } = await bodyOf(router.get(`/api/v1/generation?id=${id}`))
    expect(data).toMatchObject({ cancelled: true, cost_is_known: false, provider_name: 'A Cloud' })
  })
})

describe('an answer without a stream', () => {
  const broken = { index: 0, message: { role: 'assistant', content: 'Half' }, finish_reason: 'error' }
  const breaking: Script = response => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'up', choices: [broken] }))
  }

  it('that broke off goes to the next provider, since nobody has seen it', async () => {
    await using router = await openTestRouter([a, b], { a: breaking, b: answering('Whole') })
    const { choices } = await bodyOf(router.post(ask()))
    expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: 'Whole' } }])
  })

  it('that broke off at the last provider is handed on with its error', async () => {
    await using router = await openTestRouter([a], { a: breaking })
    const response = await router.post(ask())
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      provider: 'A Cloud',
      choices: [
        {
          finish_reason: 'error',
          native_finish_reason: 'error',
          message: { content: 'Half' },
          error: { code: 502, metadata: { error_type: 'provider_unavailable' } },
        },
      ],
    })
    const { requests, attempts } = await recordsOf(router.sink)
    expect(attempts[0]).toMatchObject({ winner: false })
    expect(requests[0]).toMatchObject({
      outcome: 'error',
      fault: 'provider',
      charged_usd: 0n,
      http_status: 200,
    })
  })
})
