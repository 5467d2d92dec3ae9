import { readFile } from 'node:fs/promises'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { defaultHealthSettings } from '../../src/health/index.ts'
import { openRouter } from '../../src/router/index.ts'
import {
  type FaultRule,
  openProviderLog,
  openSimulatedProviders,
  parseProviderLog,
  reconcile,
} from '../../src/sim/index.ts'
import { endpointOf } from '../sim/tiny-catalog.ts'
import { catalogOf } from '../support/endpoint-of.ts'
import { attemptFactsOf } from '../support/attempt-facts.ts'
import { createMemorySink } from '../support/memory-sink.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'
import { bodyOf, readEvents, textOf } from './open-test-router.ts'

type Fault = Partial<FaultRule> & Pick<FaultRule, 'kind'>

/** A median answer takes some 10 ms; delays of faults are divided as well. */
const speed = 200
const sentence = 'Zwölf Boxkämpfer jagen ≠ 42 große Kröten.'

const catalog = catalogOf(['deepinfra', 'groq'].map(provider => endpointOf({ provider })))
const clock = createSystemClock()
const folder = await makeTemporaryFolder()
const path = folder.file('providers.ndjson')
const log = await openProviderLog({ path, clock, speed })
const rng = createRng('faults')
const sim = await openSimulatedProviders({ catalog, clock, rng, port: 0, speed, faults: [], log })
const sink = createMemorySink()
const definition = {
  catalog,
  upstream: ({ provider }: { readonly provider: { readonly id: string } }) => ({
    baseUrl: `${sim.url}/${provider.id}/v1`,
    keys: [1, 2].map(n => ({ alias: `${provider.id}_${n}`, value: `simulated-${n}` })),
  }),
  settings: {
    upstreamIsSimulated: true,
    rescue: 'resume',
    headersTimeoutMs: 150,
    firstTokenTimeoutMs: 200,
    idleTimeoutMs: 100,
    stallTimeoutMs: 150,
    unaryTimeoutMs: 300,
  },
} as const
const router = await openRouter({ ...definition, clock, rng, sink })
afterAll(() => folder[Symbol.asyncDispose]())
// Health begins anew when its settings change, so that no fault is seen by the tests after it.
let tests = 0
function forget(): void {
  const health = { ...defaultHealthSettings, keyCoolDownMs: 60_000 + tests++ }
  router.reload({ ...definition, settings: { ...definition.settings, health } })
}
beforeEach(forget)

function script(fault: Fault): void {
  const rule = { model: null, fromMs: 0, toMs: null, ratio: 1, delayMs: 0, status: 503, ...fault }
  sim.setFaults([{ provider: 'deepinfra', ...rule }])
}

let posted = 0

function post(stream: boolean): Promise<Response> {
  posted++
  const model = 'meta-llama/llama-3.3-70b-instruct'
  const messages = [{ role: 'user', content: `Reply with exactly: ${sentence}` }]
  const provider = { order: ['deepinfra', 'groq'] }
  return fetch(`${router.url}/api/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model, messages, stream, provider }),
  })
}

/** Rows of the request made last. */
async function lastAttempts() {
  while (sink.requests.length < posted) await new Promise(setImmediate)
  const { request_id: id } = sink.requests.at(-1) ?? {}
  return sink.attempts.filter(row => row.request_id === id)
}

const early: readonly (readonly [fault: Fault, unary: string, stream: string])[] = [
  [{ kind: 'status', status: 503 }, 'provider_overloaded', 'provider_overloaded'],
  [{ kind: 'status', status: 404 }, 'not_found', 'not_found'],
  [{ kind: 'rate_limit' }, 'rate_limit_exceeded', 'rate_limit_exceeded'],
  [{ kind: 'insufficient_quota' }, 'payment_required', 'payment_required'],
  [{ kind: 'outage' }, 'connection_reset', 'connection_reset'],
  [{ kind: 'refused' }, 'connection_reset', 'connection_reset'],
  [{ kind: 'reset_after_headers' }, 'connection_reset', 'connection_reset'],
  [{ kind: 'slow_headers', delayMs: speed * 10_000 }, 'timeout_total', 'timeout_headers'],
  [{ kind: 'slow_first_token', delayMs: speed * 10_000 }, 'timeout_total', 'timeout_first_token'],
  [{ kind: 'silence' }, 'timeout_total', 'timeout_first_token'],
  [{ kind: 'empty_answer' }, 'empty_response', 'empty_response'],
]

describe('a provider that fails before its first token', () => {
  it.each(early)('by %o is unseen without a stream', async (fault, errorType) => {
    script(fault)
    const body = await bodyOf(post(false))
    expect(body.choices[0]?.message.content).toBe(sentence)
    const rows = await lastAttempts()
    expect(rows[0]).toMatchObject({ provider: 'deepinfra', error_type: errorType })
    expect(rows.at(-1)).toMatchObject({ provider: 'groq', winner: true })
  })

  it.each(early)('by %o is unseen in a stream', async (fault, _unary, errorType) => {
    script(fault)
    const { chunks } = await readEvents(await post(true))
    expect(textOf(chunks)).toBe(sentence)
    const rows = await lastAttempts()
    expect(rows[0]).toMatchObject({ provider: 'deepinfra', error_type: errorType })
    expect(rows.at(-1)).toMatchObject({ provider: 'groq', winner: true })
  })

  it.each([true, false])('with one of its keys serves by the other (stream: %s)', async stream => {
    // Whichever key the conversation is drawn to, one of the two is refused.
    for (const keyNumber of [1, 2]) {
      forget()
      script({ kind: 'status', status: 401, keyNumber })
      const response = await post(stream)
      const text = stream
        ? textOf((await readEvents(response)).chunks)
        : (await bodyOf(response)).choices[0]?.message.content
      expect(text).toBe(sentence)
      const rows = await lastAttempts()
      expect(rows.at(-1)).toMatchObject({ provider: 'deepinfra', winner: true })
    }
  })
})

const late: readonly (readonly [fault: Fault, cause: string])[] = [
  [{ kind: 'cut_stream', how: 'reset' }, 'truncated'],
  [{ kind: 'cut_stream', how: 'end' }, 'truncated'],
  [{ kind: 'stall', delayMs: 0 }, 'timeout_idle'],
  [{ kind: 'stall', delayMs: 0, commentMs: 5 * speed }, 'timeout_idle'],
  [{ kind: 'malformed_chunk' }, 'malformed_response'],
  [{ kind: 'error_in_200' }, 'provider_unavailable'],
]

describe('a provider that fails in the midst of a stream', () => {
  it.each(late)('by %o is rescued, and the caller is told', async (fault, cause) => {
    script(fault)
    const { chunks, isDone } = await readEvents(await post(true))
    expect(isDone).toBe(true)
    expect(chunks.some(chunk => chunk.error)).toBe(false)
    expect(chunks.flatMap(chunk => chunk.choices).some(({ finish_reason: end }) => end === 'stop')).toBe(true)
    const told = chunks.flatMap(chunk => chunk.router_trace?.rescue ?? [])
    expect(told).toMatchObject([{ mode: 'resume', from: 'deepinfra/llama-3.3-70b-instruct' }])
    const rows = await lastAttempts()
    expect(rows.map(row => [row.provider, row.kind])).toEqual([
      ['deepinfra', 'primary'],
      ['groq', 'rescue'],
    ])
    expect([cause, 'stream_error']).toContain(rows[0]?.error_type)
  })

  it.each(late)('by %o falls back unseen without a stream', async fault => {
    script(fault)
    const body = await bodyOf(post(false))
    expect(body.choices[0]?.message.content).toBe(sentence)
  })
})

describe('the records of these requests', () => {
  it('agree with the log of the providers, call by call', async () => {
    await router.close()
    await sim.close()
    await log.close()
    const lines = parseProviderLog({ file: path, text: await readFile(path, 'utf8') })
    const facts = sink.attempts.map(attemptFactsOf)
    expect(reconcile(lines, facts).differences).toEqual([])
  })
})
