import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Provider } from '../../src/catalog/index.ts'
import { createSystemClock } from '../../src/core/index.ts'
import { createHttpPool, type Exchange, exchange, wireProtocols } from '../../src/wire/index.ts'
import { startScriptedServer } from '../support/scripted-server.ts'

/** Recorded provider streams, one JSON chunk a line; present beside the project on some machines only. */
const folder = new URL('../../../shared/data/wire-fixtures/', import.meta.url)

/** What an answer comes to. */
interface Expected {
  readonly finish: string
  readonly input: number
  readonly output: number
  readonly read?: number
  readonly written?: number
  readonly reasoning?: number
  readonly textLength?: number
  readonly calls?: readonly (readonly [name: string, args: object])[]
}

const weather = [['weather', { location: 'San Francisco' }]] as const
const elements = [{ location: 'San Francisco', temperature: 58, condition: 'sunny' }]
const rows: readonly (readonly [wire: Provider['wire'], file: string, expected: Expected])[] = [
  ['openai', 'openai-text', { finish: 'stop', input: 16, output: 300, textLength: 1724 }],
  [
    'openai',
    'azure-model-router.1',
    { finish: 'stop', input: 15, output: 78, reasoning: 64, textLength: 19 },
  ],
  [
    'openai',
    'deepseek-reasoning',
    { finish: 'stop', input: 18, output: 219, reasoning: 205, textLength: 42 },
  ],
  [
    'openai',
    'deepseek-tool-call',
    { finish: 'tool_calls', input: 339, output: 83, read: 320, reasoning: 39, calls: weather },
  ],
  ['openai', 'groq-text', { finish: 'stop', input: 45, output: 662, textLength: 3189 }],
  ['openai', 'groq-reasoning', { finish: 'stop', input: 17, output: 1107, reasoning: 963, textLength: 347 }],
  ['openai', 'groq-tool-call', { finish: 'tool_calls', input: 210, output: 15, calls: [['weather', {}]] }],
  ['openai', 'mistral-text', { finish: 'stop', input: 13, output: 8, textLength: 38 }],
  ['openai', 'mistral-tool-call', { finish: 'tool_calls', input: 124, output: 22, calls: weather }],
  ['anthropic', 'anthropic-text', { finish: 'stop', input: 12, output: 30, textLength: 108 }],
  [
    'anthropic',
    'anthropic-message-delta-input-tokens',
    { finish: 'stop', input: 61, output: 2, textLength: 4 },
  ],
  ['anthropic', 'anthropic-refusal', { finish: 'content_filter', input: 18, output: 5 }],
  [
    'anthropic',
    'anthropic-tool-no-args',
    { finish: 'tool_calls', input: 565, output: 48, textLength: 35, calls: [['updateIssueList', {}]] },
  ],
  [
    'anthropic',
    'anthropic-json-tool.2',
    { finish: 'tool_calls', input: 849, output: 47, textLength: 35, calls: [['json', { elements }]] },
  ],
  [
    'anthropic',
    'anthropic-code-execution-20260120-prompt-cache.1',
    { finish: 'stop', input: 9632, output: 198, read: 6289, written: 3337, textLength: 62 },
  ],
  ['gemini', 'google-text', { finish: 'stop', input: 9, output: 208, reasoning: 185, textLength: 55 }],
  ['gemini', 'google-reasoning', { finish: 'stop', input: 9, output: 285, reasoning: 256, textLength: 79 }],
  [
    'gemini',
    'google-tool-call',
    { finish: 'tool_calls', input: 29, output: 60, reasoning: 45, calls: weather },
  ],
]
const raw = (name: string) => readFileSync(new URL(name, folder), 'utf8')

const pool = createHttpPool()
afterAll(() => pool.close())

async function read(wire: Provider['wire'], lines: readonly string[], status = 200): Promise<Exchange> {
  await using server = await startScriptedServer(response => {
    response.writeHead(status, { 'content-type': status === 200 ? 'text/event-stream' : 'application/json' })
    const { endMark } = wireProtocols[wire]
    const events = [...lines, ...(endMark === null ? [] : [endMark])].map(line => `data: ${line}\n\n`)
    response.end(status === 200 ? events.join('') : lines.join('\n'))
  })
  return await exchange({
    url: server.url,
    protocol: wireProtocols[wire],
    apiKey: null,
    headers: {},
    body: '{}',
    dispatcher: pool.dispatcher,
    clock: createSystemClock(),
    deadlines: { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: 5000 },
  })
}

const linesOf = (name: string) =>
  raw(`${name}.chunks.txt`)
    .split('\n')
    .filter(line => line.trim() !== '')

function expectAnswer(got: Exchange, expected: Expected): void {
  expect(got.outcome).toEqual({ kind: 'ok' })
  expect(got.stamps.firstTokenNs === null).toBe(expected.finish === 'content_filter')
  expect(got.finishReason).toBe(expected.finish)
  expect(got.text).toHaveLength(expected.textLength ?? 0)
  expect(got.usage).toMatchObject({
    inputTokens: expected.input,
    outputTokens: expected.output,
    cacheReadTokens: expected.read ?? 0,
    cacheWriteTokens: expected.written ?? 0,
    reasoningTokens: expected.reasoning ?? 0,
  })
  const calls = got.toolCalls?.map(({ name, argumentsText }) => [name, JSON.parse(argumentsText)])
  expect(calls).toEqual(expected.calls ?? [])
}

describe.skipIf(!existsSync(folder))('exchange on recorded streams (skipped without ../shared/data)', () => {
  it.each(rows)('reads by %s the stream %s', async (wire, file, expected) => {
    expectAnswer(await read(wire, linesOf(file)), expected)
  })

  it('reads the two answers that one Cerebras recording has', async () => {
    const lines = linesOf('cererebras-structured-output-tools.1')
    const calls = [['nonUsefulTool', {}]] as const
    const ofAnswer = (id: string) => lines.filter(line => line.includes(id))
    const shared = { finish: 'tool_calls', read: 256, calls, textLength: 0 }
    const first = await read('openai', ofAnswer('chatcmpl-9e97f9ca'))
    expectAnswer(first, { ...shared, input: 322, output: 104, reasoning: 97 })
    const second = await read('openai', ofAnswer('chatcmpl-f4bd7eab'))
    expectAnswer(second, { ...shared, input: 433, output: 122, reasoning: 108, textLength: 18 })
  })

  it('takes a second message inside the first one as an error, with no usage to go by', async () => {
    const got = await read('anthropic', linesOf('spliced-message-start'))
    expect(got).toMatchObject({ outcome: { errorType: 'stream_error', fault: 'provider' }, usage: null })
  })

  it("classifies an error inside a stream of OpenAI's other API", async () => {
    const { outcome } = await read('openai', linesOf('openai-error.1'))
    expect(outcome).toMatchObject({ kind: 'error', errorType: 'payment_required' })
  })

  it('classifies a rate limit of Gemini, and reads how long it lasts', async () => {
    const { outcome, retryAfterMs } = await read('gemini', [raw('google-429-retry-info.json')], 429)
    expect(outcome).toMatchObject({ kind: 'error', errorType: 'rate_limit_exceeded' })
    expect(retryAfterMs).toBe(34_400)
  })

  it('takes a protocol that it does not speak for no answer', async () => {
    const { outcome } = await read('openai', linesOf('amazon-bedrock-text'))
    expect(outcome).toMatchObject({ kind: 'error', errorType: 'empty_response' })
  })
})
