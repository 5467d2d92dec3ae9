import { describe, expect, it } from 'vitest'
import { endpointOf } from '../../support/endpoint-of.ts'
import { answering, ask, bodyOf, openTestRouter } from '../open-test-router.ts'

const a = endpointOf({ provider: 'a', more: { contextTokens: 300 } })
const metadata = { 'x-openrouter-metadata': 'enabled' }

describe('plugins', () => {
  it('repair the JSON of an answer that was to be JSON, and say so', async () => {
    await using router = await openTestRouter([a], { a: answering('```json\n{"a": 1,}\n```') })
    const body = ask({ response_format: { type: 'json_object' }, plugins: [{ id: 'response-healing' }] })
    const answer = await bodyOf(router.post(body, metadata))
    expect(answer.choices[0]?.message.content).toBe('{"a": 1}')
    expect(answer.openrouter_metadata).toMatchObject({ pipeline: [{ type: 'response_healing' }] })
    const [record] = router.sink.requests
    expect(JSON.parse(record?.pipeline ?? '')).toMatchObject([{ name: 'response-healing' }])
    expect(router.calls[0]?.body).not.toHaveProperty('plugins')
  })

  it('leave an answer alone without being asked', async () => {
    await using router = await openTestRouter([a], { a: answering('{"a": 1,}') })
    const answer = await bodyOf(router.post(ask({ response_format: { type: 'json_object' } }), metadata))
    expect(answer.choices[0]?.message.content).toBe('{"a": 1,}')
    expect(answer.openrouter_metadata).not.toHaveProperty('pipeline')
    expect(router.sink.requests[0]?.pipeline).toBe('')
  })

  it('cut the middle out of a conversation that does not fit, which fails without', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello') })
    const texts = ['first', ...Array.from({ length: 6 }, () => 'x'.repeat(400)), 'last']
    const messages = texts.map(content => ({ role: 'user', content }))
    const without = await router.post(ask({ messages }))
    expect(without.status).toBe(400)
    await bodyOf(router.post(ask({ messages, plugins: [{ id: 'context-compression' }] })))
    expect(router.calls[0]?.body['messages']).toHaveLength(4)
    const pipeline = JSON.parse(router.sink.requests[1]?.pipeline ?? '')
    expect(pipeline).toMatchObject([{ type: 'context_compression', data: { messages_left_out: 4 } }])
  })

  it('that this router does not have are refused by name', async () => {
    await using router = await openTestRouter([a], { a: answering('Hello') })
    const response = await router.post(ask({ plugins: [{ id: 'web' }] }))
    expect(response.status).toBe(400)
    expect((await bodyOf(response)).error.message).toMatch(/"web" is not supported/)
    expect(router.calls).toEqual([])
  })
})
