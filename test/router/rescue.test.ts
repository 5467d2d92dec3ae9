import { describe, expect, it } from 'vitest'
import type { RouterOptions } from '../../src/router/index.ts'
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
  type Script,
  textOf,
} from './open-test-router.ts'

const a = endpointOf({ provider: 'a', input: 1, output: 2 })
const b = endpointOf({ provider: 'b', input: 2, output: 4 })
const c = endpointOf({ provider: 'c', input: 3, output: 6 })

type Settings = NonNullable<RouterOptions['settings']>

const resume: Settings = { rescue: 'resume' }
const restart: Settings = { rescue: 'restart' }

/** Sends some text, then something that ends it badly. */
const breaking =
  (how: (response: Parameters<Script>[0]) => void): Script =>
  response => {
    const write = openStream(response)
    write(chunkOf({ role: 'assistant', content: '' }))
    write(chunkOf({ content: 'Half a ' }))
    setTimeout(() => how(response), 10)
  }
const resetting = breaking(response => response.socket?.resetAndDestroy())
const malformed = breaking(response => response.end('data: {"choices":[{\n\n'))
const telling = breaking(response =>
  response.end('data: {"error":{"code":502,"message":"upstream is gone"}}\n\n'),
)
const stalling = breaking(() => undefined)
const halfTool: Script = response => {
  const write = openStream(response)
  const call = { index: 0, id: 't', type: 'function', function: { name: 'f', arguments: '{"a' } }
  write(chunkOf({ role: 'assistant', content: null, tool_calls: [call] }))
  setTimeout(() => response.end(), 10)
}
const finished: Script = response => {
  const write = openStream(response)
  write(chunkOf({ content: 'Whole' }, 'stop'))
  setTimeout(() => response.socket?.resetAndDestroy(), 10)
}
const onlyReasoning: Script = response => {
  openStream(response)(chunkOf({ role: 'assistant', reasoning: 'hm' }))
  setTimeout(() => response.end(), 10)
}

const rescues = (chunks: readonly { router_trace?: { rescue?: object } }[]) =>
  chunks.flatMap(chunk => (chunk.router_trace?.rescue ? [chunk.router_trace.rescue] : []))

describe('rescue by resuming', () => {
  it.each([
    ['ends without an end', cutting, 'truncated'],
    ['is reset', resetting, 'truncated'],
    ['breaks its JSON', malformed, 'malformed_response'],
    ['tells an error', telling, 'provider_unavailable'],
    ['stalls', stalling, 'timeout_idle'],
  ])('goes on elsewhere when a stream %s', async (_name, fault, cause) => {
    const settings = { ...resume, idleTimeoutMs: 40 }
    await using router = await openTestRouter([a, b], { a: fault, b: answering('sentence.') }, { settings })
    const { chunks, isDone } = await readEvents(await router.post(ask({ stream: true, max_tokens: 50 })))
    expect(textOf(chunks)).toBe('Half a sentence.')
    expect(isDone).toBe(true)
    expect(chunks.some(chunk => chunk.error)).toBe(false)
    expect(rescues(chunks)).toEqual([
      { mode: 'resume', attempt: 2, from: 'a/one', cause, kept_characters: 7 },
    ])
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5 })

    expect(router.calls[1]?.body).toMatchObject({
      max_tokens: 48,
      messages: [
        { role: 'user', content: 'Say hello' },
        { role: 'assistant', content: 'Half a' },
      ],
    })
    const { attempts, requests } = await recordsOf(router.sink)
    expect(attempts.map(x => [x.provider, x.kind, x.error_type, x.winner])).toEqual([
      ['a', 'primary', cause, false],
      ['b', 'rescue', '', true],
    ])
    expect(attempts[1]?.reason).toContain('with 7 characters of the answer before, max_tokens 48')
    expect(requests[0]).toMatchObject({
      outcome: 'ok',
      attempts: 2,
      served_provider: 'b',
      fallback: 'provider',
      fallback_cause: cause,
    })
    // What the first has cost is not known, so neither is the request's; the caller pays for the second.
    expect(requests[0]).toMatchObject({ cost_usd: null, wasted_usd: null, charged_usd: 40_000_000n })
  })

  it('shows nothing of an attempt that fails before its first token', async () => {
    const scripts = { a: cutting, b: refusing(500), c: answering('sentence.') }
    await using router = await openTestRouter([a, b, c], scripts, { settings: resume })
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks)).toBe('Half a sentence.')
    expect(rescues(chunks)).toMatchObject([{ attempt: 3, from: 'a/one', cause: 'truncated' }])
    expect((await recordsOf(router.sink)).attempts.map(x => x.kind)).toEqual(['primary', 'rescue', 'rescue'])
  })

  it('goes on again when it breaks off again, with all of the text so far', async () => {
    const scripts = { a: cutting, b: cutting, c: answering('sentence.') }
    await using router = await openTestRouter([a, b, c], scripts, { settings: resume })
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks)).toBe('Half a Half a sentence.')
    expect(rescues(chunks)).toMatchObject([{ kept_characters: 7 }, { kept_characters: 14 }])
    const messages = router.calls[2]?.body['messages']
    expect(messages).toMatchObject([{}, { role: 'assistant', content: 'Half a Half a' }])
  })

  it('asks anew where no text had come yet', async () => {
    await using router = await openTestRouter(
      [a, b],
      { a: onlyReasoning, b: answering('Hello') },
      { settings: resume },
    )
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks)).toBe('Hello')
    expect(router.calls[1]?.body['messages']).toHaveLength(1)
  })

  it('tells the error when nobody can go on, and never ends as if complete', async () => {
    await using router = await openTestRouter([a, b], { a: cutting, b: refusing(503) }, { settings: resume })
    const { chunks, isDone } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks.slice(0, -1))).toBe('Half a ')
    expect(chunks.at(-1)).toMatchObject({
      error: { code: 503, metadata: { previous_errors: [{ code: 'truncated' }] } },
      choices: [{ finish_reason: 'error' }],
    })
    expect(isDone).toBe(true)
    const { requests, attempts } = await recordsOf(router.sink)
    expect(requests[0]).toMatchObject({ outcome: 'error', charged_usd: 0n })
    expect(attempts.filter(x => x.winner)).toEqual([])
  })

  it('keeps an answer that broke off as the winner when nothing else was left', async () => {
    await using router = await openTestRouter([a], { a: cutting }, { settings: resume })
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: 'error' }] })
    expect((await recordsOf(router.sink)).attempts).toMatchObject([{ outcome: 'truncated', winner: true }])
  })
})

describe('rescue by restarting', () => {
  it('answers anew behind a mark', async () => {
    await using router = await openTestRouter(
      [a, b],
      { a: cutting, b: answering('All of it.') },
      { settings: restart },
    )
    const { chunks, isDone } = await readEvents(await router.post(ask({ stream: true, max_tokens: 50 })))
    expect(textOf(chunks)).toBe('Half a \n\n[The answer above broke off. It begins anew.]\n\nAll of it.')
    expect(isDone).toBe(true)
    expect(rescues(chunks)).toEqual([
      { mode: 'restart', attempt: 2, from: 'a/one', cause: 'truncated', kept_characters: 0 },
    ])
    expect(router.calls[1]?.body).toMatchObject({ max_tokens: 50 })
    expect(router.calls[1]?.body['messages']).toHaveLength(1)
  })
})

describe('rescue', () => {
  it('resumes without saying white space twice that was not sent', async () => {
    const scripts = { a: cutting, b: answering(' house, and more.') }
    await using router = await openTestRouter([a, b], scripts, { settings: resume })
    const { chunks } = await readEvents(await router.post(ask({ stream: true })))
    expect(textOf(chunks)).toBe('Half a house, and more.')
    expect(router.calls[1]?.body['messages']).toMatchObject([{}, { role: 'assistant', content: 'Half a' }])
  })

  it('answers anew where a host will not go on with a text', async () => {
    const scripts = { a: cutting, b: refusing(400), c: answering('A whole house.') }
    await using router = await openTestRouter([a, b, c], scripts, { settings: resume })
    const { chunks, isDone } = await readEvents(await router.post(ask({ stream: true })))
    expect(isDone).toBe(true)
    expect(textOf(chunks)).toMatch(/^Half a \n\n\[.+\]\n\nA whole house\.$/)
    expect(rescues(chunks)).toMatchObject([{ mode: 'restart', attempt: 3, kept_characters: 0 }])
    expect(router.calls[2]?.body['messages']).toHaveLength(1)
    const { attempts, requests } = await recordsOf(router.sink)
    expect(attempts.map(row => [row.provider, row.kind, row.winner])).toEqual([
      ['a', 'primary', false],
      ['b', 'rescue', false],
      ['c', 'rescue', true],
    ])
    expect(requests[0]).toMatchObject({ outcome: 'ok', served_provider: 'c' })
  })

  it.each<[string, Settings, Record<string, string>, 'resume' | 'restart' | null]>([
    ['off', {}, {}, null],
    ['on for a call that wishes it', {}, { 'x-routebench-rescue': 'Resume' }, 'resume'],
    ['off for a call that does not', resume, { 'x-routebench-rescue': 'off' }, null],
    ['of another mode for a call', resume, { 'x-routebench-rescue': 'restart' }, 'restart'],
    ['as it is set for a word that means nothing', resume, { 'x-routebench-rescue': 'yes' }, 'resume'],
  ])('is %s', async (_name, settings, headers, expected) => {
    await using router = await openTestRouter([a, b], { a: cutting, b: answering('x') }, { settings })
    const { chunks } = await readEvents(await router.post(ask({ stream: true }), headers))
    expect(rescues(chunks)).toMatchObject(expected === null ? [] : [{ mode: expected }])
  })

  it.each<[string, Script, Settings, object]>([
    ['half a tool call', halfTool, resume, { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['one of several choices', cutting, resume, { n: 2 }],
    ['JSON that a mark would break', cutting, restart, { response_format: { type: 'json_object' } }],
    ['an answer that has told its end', finished, resume, {}],
  ])('does not go on with %s', async (_name, fault, settings, body) => {
    await using router = await openTestRouter([a, b], { a: fault, b: answering('No') }, { settings })
    await (await router.post(ask({ stream: true, ...body }))).text()
    expect(router.calls).toHaveLength(1)
  })

  it('is not for answers that are not streamed: they fall back unseen', async () => {
    const broken: Script = response => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"choices":[{"message":{"content":"Ha')
      setTimeout(() => response.socket?.resetAndDestroy(), 10)
    }
    await using router = await openTestRouter(
      [a, b],
      { a: broken, b: answering('Whole') },
      { settings: resume },
    )
    const body = await bodyOf(router.post(ask()))
    expect(body.choices[0]?.message.content).toBe('Whole')
    expect((await recordsOf(router.sink)).attempts.map(x => x.kind)).toEqual(['primary', 'provider_fallback'])
  })

  it('ends with the caller', async () => {
    await using router = await openTestRouter(
      [a, b],
      { a: stalling, b: answering('No') },
      {
        settings: { ...resume, idleTimeoutMs: 5_000 },
      },
    )
    const response = await router.post(ask({ stream: true }))
    await response.body?.getReader().read()
    router.abort()
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ outcome: 'canceled', attempts: 1 })
  })
})
