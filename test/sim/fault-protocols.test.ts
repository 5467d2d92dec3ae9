import { Agent, request } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { faultEffects, type FaultKind, isFaultKind } from '../../src/sim/model/fault-effects.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

const endpoint = endpointOf({ upstreamModel: 'm' })
const sim = await openSimulatedProviders({
  catalog: catalogOf(endpoint),
  clock: createSystemClock(),
  rng: createRng('faults in every protocol'),
  port: 0,
  speed: 1000,
  faults: [],
})
const dispatcher = new Agent()

afterAll(async () => {
  await dispatcher.destroy()
  await sim.close()
})

const text = 'Zwölf große Boxkämpfer jagen Viktor.'
const content = `Reply with exactly: ${text}`
const messages = [{ role: 'user', content }]
const gemini = { contents: [{ role: 'user', parts: [{ text: content }] }] }

/** Path and body of a call; a protocol's stream ends with its `mark` when it is whole. */
const protocols = {
  openai: {
    whole: ['/v1/chat/completions', { model: 'm', messages }],
    stream: ['/v1/chat/completions', { model: 'm', messages, stream: true }],
    mark: '[DONE]',
  },
  anthropic: {
    whole: ['/v1/messages', { model: 'm', messages, max_tokens: 99 }],
    stream: ['/v1/messages', { model: 'm', messages, max_tokens: 99, stream: true }],
    mark: 'message_stop',
  },
  gemini: {
    whole: ['/v1beta/models/m:generateContent', gemini],
    stream: ['/v1beta/models/m:streamGenerateContent?alt=sse', gemini],
    mark: '"finishReason":"STOP"',
  },
} as const

const keys = { authorization: 'Bearer k', 'x-api-key': 'k', 'x-goog-api-key': 'k' }

/** What is seen of an answer: its status (0: none), its text, and whether it ended well. Silence is given up. */
async function seen([path, body]: readonly [string, object], isSilent: boolean) {
  const caller = new AbortController()
  const found = { status: 0, text: '', isWhole: false }
  try {
    const answer = await request(`${sim.url}/deepinfra${path}`, {
      method: 'POST',
      dispatcher,
      headers: keys,
      body: JSON.stringify(body),
      signal: caller.signal,
    })
    found.status = answer.statusCode
    if (isSilent) setTimeout(() => caller.abort(), 20)
    for await (const part of answer.body.setEncoding('utf8')) found.text += part
    found.isWhole = true
  } catch {
    // What came before is what counts.
  }
  return found
}

/** What a kind of fault looks like, whatever the protocol. */
const looks: Readonly<
  Record<
    FaultKind,
    { readonly status: number | readonly number[]; readonly isWhole: boolean; readonly isRight: boolean }
  >
> = {
  refused: { status: 0, isWhole: false, isRight: false },
  outage: { status: 0, isWhole: false, isRight: false },
  keep_alive_reset: { status: [0, 200], isWhole: true, isRight: true },
  status: { status: 503, isWhole: true, isRight: false },
  rate_limit: { status: 429, isWhole: true, isRight: false },
  insufficient_quota: { status: [400, 429], isWhole: true, isRight: false },
  request_too_large: { status: 429, isWhole: true, isRight: false },
  slow: { status: 200, isWhole: true, isRight: true },
  slow_headers: { status: 200, isWhole: true, isRight: true },
  slow_first_token: { status: 200, isWhole: true, isRight: true },
  stall: { status: 200, isWhole: true, isRight: true },
  reset_after_headers: { status: 200, isWhole: false, isRight: false },
  silence: { status: 200, isWhole: false, isRight: false },
  cut_stream: { status: 200, isWhole: false, isRight: false },
  malformed_chunk: { status: 200, isWhole: true, isRight: false },
  error_in_200: { status: 200, isWhole: true, isRight: false },
  empty_answer: { status: 200, isWhole: true, isRight: false },
  wrong_usage: { status: 200, isWhole: true, isRight: true },
  missing_usage: { status: 200, isWhole: true, isRight: true },
  split_writes: { status: 200, isWhole: true, isRight: true },
}

/** All JSON texts of an answer put together, as a client would show them; null: some of it does not parse. */
function shown(answer: string): string | null {
  const records = answer.split(/\r?\n/).filter(line => line.startsWith('data: {'))
  const documents = records.length > 0 ? records.map(line => line.slice(6)) : [answer]
  try {
    return documents.map(document => textIn(JSON.parse(document))).join('')
  } catch {
    return null
  }
}

function textIn(node: unknown): string {
  if (typeof node !== 'object' || node === null) return ''
  return Object.entries(node)
    .map(([key, value]) =>
      (key === 'content' || key === 'text') && typeof value === 'string' ? value : textIn(value),
    )
    .join('')
}

const cases = Object.keys(faultEffects)
  .filter(isFaultKind)
  .filter(kind => kind !== 'keep_alive_reset')
  .flatMap(kind =>
    (['openai', 'anthropic', 'gemini'] as const).flatMap(name =>
      (['whole', 'stream'] as const).map(form => [kind, name, form] as const),
    ),
  )

describe('every fault in every protocol', () => {
  it.each(cases)('%s looks the same in %s (%s)', async (...row) => {
    const [kind, name, form] = row
    const rule = { provider: 'deepinfra', kind, delayMs: 10_000, how: 'reset', factor: 3 }
    const reset = await request(`${sim.url}/control/reset`, {
      method: 'POST',
      dispatcher,
      body: JSON.stringify({ faults: [rule] }),
    })
    expect([reset.statusCode, await reset.body.text()]).toEqual([200, '{"status":"ok"}'])
    const answer = await seen(protocols[name][form], kind === 'silence')
    const { status, isWhole, isRight } = looks[kind]
    expect([status].flat()).toContain(answer.status)
    expect(answer.isWhole).toBe(isWhole)
    expect(shown(answer.text) === text).toBe(isRight)
    expect(answer.text).not.toContain('simulator_error')
    if (form === 'stream' && isRight) expect(answer.text).toContain(protocols[name].mark)
    if (kind === 'missing_usage')
      expect(answer.text).not.toMatch(/output_tokens|completion_tokens|usageMetadata/)
  })
})
