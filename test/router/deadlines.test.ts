import { describe, expect, it } from 'vitest'
import type { RouterOptions } from '../../src/router/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { chunkOf, openStream } from '../support/scripted-server.ts'
import {
  answering,
  ask,
  bodyOf,
  openTestRouter,
  readEvents,
  recordsOf,
  type Script,
  silent,
  textOf,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1 })
const b = endpointOf({ provider: 'b', input: 2 })

type Settings = NonNullable<RouterOptions['settings']>

const headersOnly: Script = response => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
}
const roleOnly: Script = response => openStream(response)(chunkOf({ role: 'assistant', content: '' }))
const halfBody: Script = response => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"id":')
}
const half: Script = response => openStream(response)(chunkOf({ content: 'Half ' }))
const halfWithComments: Script = (response, request) => {
  half(response, request)
  const timer = setInterval(() => response.write(': still here\n\n'), 5)
  response.once('close', () => clearInterval(timer))
}

describe('deadlines', () => {
  it.each<[string, boolean, Script, Settings, string]>([
    ['headers', true, silent, { headersTimeoutMs: 30 }, 'timeout_headers'],
    ['first_token', true, headersOnly, { firstTokenTimeoutMs: 30 }, 'timeout_first_token'],
    ['first_token', true, roleOnly, { firstTokenTimeoutMs: 30 }, 'timeout_first_token'],
    ['attempt', true, roleOnly, { attemptTimeoutMs: 30 }, 'timeout_total'],
    ['attempt', false, silent, { attemptTimeoutMs: 30 }, 'timeout_total'],
    ['attempt', false, silent, { unaryTimeoutMs: 30 }, 'timeout_total'],
    ['idle', false, halfBody, { idleTimeoutMs: 30 }, 'timeout_idle'],
  ])('%s (stream: %s) goes to the next provider unseen', async (deadline, stream, fault, settings, type) => {
    await using router = await openTestRouter([a, b], { a: fault, b: answering('Rescued') }, { settings })
    const response = await router.post(ask({ stream }))
    const text = stream
      ? textOf((await readEvents(response)).chunks)
      : (await bodyOf(response)).choices[0]?.message.content
    expect(text).toBe('Rescued')
    const { attempts } = await recordsOf(router.sink)
    expect(attempts.map(x => [x.deadline, x.error_type, x.fault])).toEqual([
      [deadline, type, 'provider'],
      ['', '', 'none'],
    ])
  })

  it.each<[string, Script, Settings]>([
    ['silence', half, { idleTimeoutMs: 30 }],
    ['comments without tokens', halfWithComments, { idleTimeoutMs: 5_000, stallTimeoutMs: 30 }],
  ])('of tokens that have begun end %s as an error, never as complete', async (_name, fault, settings) => {
    await using router = await openTestRouter([a, b], { a: fault, b: answering('No') }, { settings })
    const { chunks, isDone } = await readEvents(await router.post(ask({ stream: true })))
    expect(chunks.at(-1)).toMatchObject({
      error: { code: 504, error_type: 'timeout' },
      choices: [{ finish_reason: 'error' }],
    })
    expect(isDone).toBe(true)
    expect((await recordsOf(router.sink)).attempts).toMatchObject([{ deadline: 'idle', winner: true }])
  })

  it('of first tokens are learned from the endpoint, and hold while another one is left', async () => {
    let delayMs = 0
    const slowing: Script = (...args) => {
      setTimeout(() => answering('A')(...args), delayMs)
    }
    const learnedFirstToken = { factor: 1, minMs: 30, maxMs: 60_000, minSamples: 3 }
    const settings = { learnedFirstToken, firstTokenTimeoutMs: 60_000 }
    await using router = await openTestRouter([a, b], { a: slowing, b: answering('B') }, { settings })
    const answer = async (body: object = {}) =>
      textOf((await readEvents(await router.post(ask({ stream: true, ...body })))).chunks)
    for (let n = 0; n < 3; n++) expect(await answer()).toBe('A')
    delayMs = 120
    expect(await answer()).toBe('B')
    // Nobody else is left here, so the answer is waited for.
    expect(await answer({ provider: { only: ['a'] } })).toBe('A')
    const { attempts } = await recordsOf(router.sink, 5)
    expect(attempts.slice(3).map(x => [x.provider, x.deadline])).toEqual([
      ['a', 'first_token'],
      ['b', ''],
      ['a', ''],
    ])
  })

  it.each([true, false])('of the whole request end its last attempt (stream: %s)', async stream => {
    const settings = { requestTimeoutMs: 110, attemptTimeoutMs: 60, firstTokenTimeoutMs: null }
    const c = endpointOf({ provider: 'c', input: 3 })
    const scripts = { a: silent, b: silent, c: answering('Too late') }
    await using router = await openTestRouter([a, b, c], scripts, { settings })
    const response = await router.post(ask({ stream }))
    expect(response.status).toBe(504)
    expect((await bodyOf(response)).error).toMatchObject({ code: 504, message: 'Request timed out' })
    const { attempts, requests } = await recordsOf(router.sink)
    expect(attempts.map(x => [x.provider, x.deadline, x.error_type, x.fault])).toEqual([
      ['a', 'attempt', 'timeout_total', 'provider'],
      ['b', 'request', 'timeout_request', 'policy'],
    ])
    expect(requests[0]).toMatchObject({ outcome: 'error', error_type: 'timeout_request', fault: 'policy' })
    expect(requests[0]?.latency_us).toBeLessThan(1_000_000)
  })
})
