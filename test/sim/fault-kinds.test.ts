import OpenAI, { RateLimitError } from 'openai'
import { Agent, request } from 'undici'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { type FaultRule, openSimulatedProviders } from '../../src/sim/index.ts'
import { faultEffects } from '../../src/sim/model/fault-effects.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

/** So fast that a median answer takes some 10 ms. */
const speed = 200
const endpoint = endpointOf()
const model = endpoint.upstreamModel
const sim = await openSimulatedProviders({
  catalog: catalogOf(endpoint),
  clock: createSystemClock(),
  rng: createRng('fault kinds'),
  port: 0,
  speed,
  faults: [],
})
const agent = new Agent({ connections: 1 })
const openai = new OpenAI({ baseURL: `${sim.url}/deepinfra/v1`, apiKey: 'secret', maxRetries: 0 })

afterEach(() => sim.reset({ faults: [], rng: null }))
afterAll(async () => {
  await agent.close()
  await sim.close()
})

interface Ask {
  readonly content?: string
  readonly stream?: boolean
  readonly key?: string
  readonly signal?: AbortSignal
}

/** The answer to be: 12 tokens, some characters of more than one byte. */
const sentence = 'Zwölf Boxkämpfer jagen ≠ 42 große Kröten.'
const usageAsked = { include_usage: true }

function post({ content = `Reply with exactly: ${sentence}`, stream = true, key = 'one', signal }: Ask = {}) {
  return request(`${sim.url}/deepinfra/v1/chat/completions`, {
    method: 'POST',
    dispatcher: agent,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content }],
      ...(stream && { stream, stream_options: usageAsked }),
    }),
    signal: signal ?? null,
  })
}

async function bodyOf(ask: Ask = {}) {
  const { statusCode, headers, body } = await post(ask)
  return { statusCode, headers, text: await body.text() }
}

/** Scripts one fault over `POST /control/reset`, as runs do. */
async function script(rule: Partial<FaultRule> & Pick<FaultRule, 'kind'>): Promise<void> {
  const sent = { faults: [{ provider: 'deepinfra', ...rule }] }
  const { statusCode, body } = await request(`${sim.url}/control/reset`, {
    method: 'POST',
    body: JSON.stringify(sent),
  })
  expect([statusCode, await body.text()]).toEqual([200, '{"status":"ok"}'])
}

/** Reads a body until it fails or ends, or until nothing came for 40 ms (and then leaves). */
async function readAvailable(ask: Ask = {}) {
  const caller = new AbortController()
  const { statusCode, body } = await post({ ...ask, signal: caller.signal })
  let text = ''
  let end = 'ended'
  let timer = setTimeout(() => caller.abort(), 40)
  try {
    for await (const part of body) {
      text += part
      clearTimeout(timer)
      timer = setTimeout(() => caller.abort(), 40)
    }
  } catch {
    end = caller.signal.aborted ? 'silent' : 'broken'
  }
  clearTimeout(timer)
  return { statusCode, text, end }
}

function recordsOf(text: string) {
  return text.split('\n\n').filter(record => record.startsWith('data: '))
}

function contentOf(text: string): string {
  return recordsOf(text)
    .filter(record => record !== 'data: [DONE]')
    .map(record => JSON.parse(record.slice(6)).choices[0]?.delta.content ?? '')
    .join('')
}

describe('faults before an answer', () => {
  it('refused: closes the connection before any byte', async () => {
    await script({ kind: 'refused' })
    await expect(post()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET', message: 'other side closed' })
  })

  it('outage: resets the connection before headers', async () => {
    await script({ kind: 'outage' })
    await expect(post()).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('keep_alive_reset: serves a new connection and resets it when it is used again', async () => {
    const own = new Agent({ connections: 1 })
    const ask = () =>
      request(`${sim.url}/deepinfra/v1/chat/completions`, {
        method: 'POST',
        dispatcher: own,
        headers: { authorization: 'Bearer one' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
      })
    await script({ kind: 'keep_alive_reset' })
    const first = await ask()
    await first.body.dump()
    expect(first.statusCode).toBe(200)
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
    const third = await ask()
    await third.body.dump()
    expect(third.statusCode).toBe(200)
    await own.close()
  })

  it.each([
    ['500', { status: 500 }, 500, 'application/json'],
    ['529', { status: 529 }, 529, 'application/json'],
    ['502 in HTML', { status: 502, body: 'html' }, 502, 'text/html; charset=utf-8'],
  ] as const)('status: answers %s', async (...row) => {
    const [, changes, statusCode, type] = row
    await script({ kind: 'status', ...changes })
    const answer = await bodyOf()
    expect(answer.statusCode).toBe(statusCode)
    expect(answer.headers['content-type']).toBe(type)
    if (type === 'application/json') expect(JSON.parse(answer.text).error.message).toBeTypeOf('string')
    else expect(answer.text).toMatch(/^<html>/)
  })

  it('status: hits one key only, in the order in which keys were first seen', async () => {
    await script({ kind: 'status', status: 401, keyNumber: 2 })
    const statuses = []
    for (const key of ['a', 'b', 'a', 'b', 'c']) statuses.push((await bodyOf({ key })).statusCode)
    expect(statuses).toEqual([200, 401, 200, 401, 200])
  })

  it('status: flaps with its period', async () => {
    await script({ kind: 'status', flap: { periodMs: 40, onMs: 20 } })
    const statuses: number[] = []
    for (let at = 0; at < 24; at++) {
      statuses.push((await bodyOf({ stream: false })).statusCode)
      await new Promise(resolve => setTimeout(resolve, 4))
    }
    const turns = statuses.filter((status, at) => at > 0 && status !== statuses[at - 1])
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    expect(turns.length).toBeGreaterThan(2)
  })

  it.each([
    ['native', { 'retry-after': /^2$/, 'retry-after-ms': /^2000$/, 'x-ratelimit-remaining-requests': /^0$/ }],
    ['none', {}],
    ['retry_after_seconds', { 'retry-after': /^2$/ }],
    ['retry_after_date', { 'retry-after': /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/ }],
    ['retry_after_ms', { 'retry-after-ms': /^2000$/ }],
    ['durations', { 'x-ratelimit-reset-requests': /^2s$/, 'x-ratelimit-remaining-requests': /^0$/ }],
    ['rfc3339', { 'anthropic-ratelimit-requests-reset': /^\d{4}-\d\d-\d\dT[\d:]{8}Z$/ }],
    ['epoch_seconds', { 'x-ratelimit-reset': /^\d{10}$/ }],
    ['epoch_ms', { 'x-ratelimit-reset': /^\d{13}$/ }],
  ] as const)('rate_limit: says when to come back in the dialect %s', async (dialect, expected) => {
    await script({ kind: 'rate_limit', dialect, retryAfterMs: 2000 * speed })
    const { statusCode, headers } = await bodyOf()
    expect(statusCode).toBe(429)
    for (const [name, pattern] of Object.entries(expected)) expect(headers[name]).toMatch(pattern)
    const told = Object.keys(headers).filter(name => /retry-after|ratelimit/.test(name))
    if (dialect === 'none') expect(told).toEqual([])
    if (dialect.startsWith('retry_after')) expect(told.length).toBe(1)
  })

  it('insufficient_quota: answers a 429 that waiting does not mend', async () => {
    await script({ kind: 'insufficient_quota' })
    const ask = openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] })
    await expect(ask).rejects.toBeInstanceOf(RateLimitError)
    await expect(ask).rejects.toMatchObject({ code: 'insufficient_quota', type: 'insufficient_quota' })
    expect((await bodyOf()).headers['retry-after']).toBeUndefined()
  })

  it('request_too_large: answers a 429 without a time to come back', async () => {
    await script({ kind: 'request_too_large' })
    const { statusCode, headers, text } = await bodyOf()
    expect(statusCode).toBe(429)
    expect(headers['retry-after']).toBeUndefined()
    expect(JSON.parse(text).error).toMatchObject({ type: 'tokens', code: 'rate_limit_exceeded' })
    expect(text).toContain('Request too large')
  })
})

describe('faults of time', () => {
  it.each([
    ['slow_headers', { delayMs: 30 * speed }],
    ['slow_first_token', { delayMs: 30 * speed }],
    ['stall', { delayMs: 30 * speed }],
  ] as const)('%s: gives the whole answer, later', async (kind, changes) => {
    await script({ kind, ...changes })
    const startMs = performance.now()
    const { text } = await bodyOf()
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(30)
    expect(contentOf(text)).toBe(sentence)
    expect(text.trimEnd()).toMatch(/\[DONE\]$/)
  })

  it('slow_headers: sends no headers meanwhile', async () => {
    await script({ kind: 'slow_headers', delayMs: 1e6 * speed })
    const caller = new AbortController()
    setTimeout(() => caller.abort(), 30)
    await expect(post({ signal: caller.signal })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('slow_first_token: sends headers at once', async () => {
    await script({ kind: 'slow_first_token', delayMs: 1e6 * speed })
    expect(await readAvailable()).toEqual({ statusCode: 200, text: '', end: 'silent' })
  })

  it('slow: multiplies what the answer takes', async () => {
    await script({ kind: 'slow', factor: 8 })
    const startMs = performance.now()
    expect(contentOf((await bodyOf()).text)).toBe(sentence)
    const slowMs = performance.now() - startMs
    await script({ kind: 'slow', factor: 0.001 })
    const fastStartMs = performance.now()
    await bodyOf()
    expect(slowMs).toBeGreaterThan(performance.now() - fastStartMs)
  })

  it('stall: sends some text and then nothing, or comment lines', async () => {
    await script({ kind: 'stall' })
    const mute = await readAvailable()
    expect(mute.end).toBe('silent')
    expect(sentence.startsWith(contentOf(mute.text))).toBe(true)
    expect(contentOf(mute.text)).not.toBe('')
    await script({ kind: 'stall', delayMs: 30 * speed, commentMs: 5 * speed })
    const commented = await bodyOf()
    expect(commented.text).toMatch(/\n\n(: keep-alive\n\n)+data: /)
    expect(contentOf(commented.text)).toBe(sentence)
  })
})

describe('faults in an answer', () => {
  it('reset_after_headers: sends headers and closes', async () => {
    await script({ kind: 'reset_after_headers' })
    for (const stream of [true, false])
      expect(await readAvailable({ stream })).toEqual({ statusCode: 200, text: '', end: 'broken' })
  })

  it('silence: sends headers and then nothing', async () => {
    await script({ kind: 'silence' })
    for (const stream of [true, false])
      expect(await readAvailable({ stream })).toEqual({ statusCode: 200, text: '', end: 'silent' })
  })

  it.each([
    ['reset', 'broken'],
    ['end', 'ended'],
  ] as const)('cut_stream: stops in the middle by %s', async (how, end) => {
    await script({ kind: 'cut_stream', how })
    const cut = await readAvailable()
    expect(cut.end).toBe(end)
    expect(cut.text).not.toMatch(/\[DONE\]|"finish_reason":"/)
    expect(sentence.startsWith(contentOf(cut.text))).toBe(true)
  })

  it('malformed_chunk: sends JSON that does not parse', async () => {
    await script({ kind: 'malformed_chunk' })
    const { text } = await bodyOf()
    expect(() => contentOf(text)).toThrow(SyntaxError)
    expect(text.trimEnd()).toMatch(/\[DONE\]$/)
    const whole = await bodyOf({ stream: false })
    expect(whole.statusCode).toBe(200)
    expect(() => JSON.parse(whole.text)).toThrow(SyntaxError)
  })

  it('error_in_200: sends an error in a stream after some text, and as the whole body', async () => {
    await script({ kind: 'error_in_200' })
    const { statusCode, text } = await bodyOf()
    expect(statusCode).toBe(200)
    const last = JSON.parse(recordsOf(text).at(-1)?.slice(6) ?? '')
    expect(last.error.message).toBeTypeOf('string')
    expect(recordsOf(text).length).toBeGreaterThan(1)
    const whole = await bodyOf({ stream: false })
    expect(whole.statusCode).toBe(200)
    expect(JSON.parse(whole.text).error.message).toBeTypeOf('string')
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    const stream = await openai.chat.completions.create({ model, messages, stream: true })
    const readAll = async () => {
      for await (const chunk of stream) expect(chunk.choices.length).toBeLessThan(2)
    }
    await expect(readAll()).rejects.toThrow()
  })

  it('empty_answer: ends well without any text', async () => {
    await script({ kind: 'empty_answer' })
    const { text } = await bodyOf()
    expect(contentOf(text)).toBe('')
    expect(text).toContain('"finish_reason":"stop"')
    const whole = JSON.parse((await bodyOf({ stream: false })).text)
    expect(whole.choices[0]).toMatchObject({ message: { content: '' }, finish_reason: 'stop' })
    expect(whole.usage.completion_tokens).toBe(0)
  })

  it.each([true, false])('wrong_usage and missing_usage: misstate usage (stream: %s)', async stream => {
    const usageOf = ({ text }: { readonly text: string }) => {
      const last = stream ? recordsOf(text).at(-2)?.slice(6) : text
      return JSON.parse(last ?? '').usage ?? null
    }
    const right = usageOf(await bodyOf({ stream }))
    await script({ kind: 'wrong_usage', factor: 3 })
    const wrong = usageOf(await bodyOf({ stream }))
    expect(wrong.completion_tokens).toBe(3 * right.completion_tokens)
    expect(wrong.prompt_tokens).toBe(right.prompt_tokens)
    expect(sim.stats().endpoints[0]?.outputTokens).toBe(right.completion_tokens)
    await script({ kind: 'missing_usage' })
    const missing = await bodyOf({ stream })
    expect(usageOf(missing)).toBeNull()
    expect(missing.text).toContain('"finish_reason":"stop"')
  })

  it('split_writes: stays whole and correct', async () => {
    await script({ kind: 'split_writes' })
    const { body } = await post()
    const parts: Buffer[] = []
    for await (const part of body) parts.push(part)
    expect(parts.length).toBeGreaterThan(20)
    expect(contentOf(Buffer.concat(parts).toString())).toBe(sentence)
    const whole = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: `Reply with exactly: ${sentence}` }],
    })
    expect(whole.choices[0]?.message.content).toBe(sentence)
  })

  it('has a test here for every kind', async () => {
    const { readFile } = await import('node:fs/promises')
    const text = await readFile(new URL(import.meta.url), 'utf8')
    for (const kind of Object.keys(faultEffects))
      expect(text).toMatch(new RegExp(`['\\[ ]${kind}(:| and |')`))
  })
})
