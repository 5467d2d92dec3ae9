import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Provider } from '../../src/catalog/index.ts'
import { createSystemClock, isObject, type JsonObject } from '../../src/core/index.ts'
import type { Usage } from '../../src/record/index.ts'
import {
  asArray,
  asObject,
  createHttpPool,
  type Exchange,
  exchange,
  type StreamEvent,
  wireProtocols,
} from '../../src/wire/index.ts'
import { startScriptedServer } from '../support/scripted-server.ts'

/** One answer in a protocol's own words: streamed, and whole. */
export interface Sample {
  readonly events: readonly object[]
  readonly body: object
}

/** What every protocol can answer; the text beside each says what it means. */
export interface Samples {
  /** "Hé" and "llo", 20 tokens of prompt of which 8 were read from a cache, 5 of answer; id `a1`, model `m1`. */
  readonly text: Sample
  /** Thinks "hm, ", "yes" and says "42": 10 in, 9 out, of which 7 are reasoning where `tellsReasoning`. */
  readonly reasoning: Sample
  /** Calls `add` with {"a":1,"b":[2]} and then `now` without arguments: 30 in, 12 out. */
  readonly tools: Sample
  /** Says "a", and no more room: 3 in, 1 out. */
  readonly length: Sample
  /** Says nothing, since it refuses: 4 in, 2 out. */
  readonly refusal: Sample
  /** Says "a" and tells no usage. */
  readonly withoutUsage: Sample
  /** Says "a" and tells usage that cannot be. */
  readonly wrongUsage: Sample
  /** Says "a", then overload. */
  readonly overload: Sample
  /** A rate limit as an HTTP error. */
  readonly rateLimit: object
  /** The end of a stream as it is written, mark and all. */
  readonly endOfStream: string
  readonly tellsReasoning: boolean
}

const usageOf = (inputTokens: number, outputTokens: number, more: Partial<Usage> = {}) => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  ...more,
})

/** Holds one protocol to what all of them promise (docs/wires.md). */
export function describeWire(wire: Provider['wire'], samples: Samples): void {
  const protocol = wireProtocols[wire]
  const pool = createHttpPool()
  afterAll(() => pool.close())

  interface Script {
    readonly status?: number
    readonly type: string
    readonly bytes: Buffer
    /** Where the bytes are cut into pieces. */
    readonly cuts?: readonly number[]
  }
  async function read({ status = 200, type, bytes, cuts = [] }: Script) {
    const seen: StreamEvent[] = []
    await using server = await startScriptedServer(response => {
      response.writeHead(status, { 'content-type': type })
      const places = [...new Set([0, ...cuts, bytes.length])].toSorted((a, b) => a - b)
      for (const [at, place] of places.entries()) response.write(bytes.subarray(place, places[at + 1]))
      response.end()
    })
    const got = await exchange({
      url: `${server.url}/`,
      protocol,
      apiKey: null,
      headers: {},
      body: '{}',
      dispatcher: pool.dispatcher,
      clock: createSystemClock(),
      deadlines: { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: 5000 },
      onEvent: event => seen.push(event),
    })
    return { got, seen }
  }
  const streamOf = (events: readonly object[], end = samples.endOfStream) =>
    Buffer.from(events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('') + end)
  const streamed = (sample: Sample) => read({ type: 'text/event-stream', bytes: streamOf(sample.events) })
  const whole = ({ body }: Sample) =>
    read({ type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) })
  const forms = [
    ['streamed', streamed],
    ['whole', whole],
  ] as const

  describe.each(forms)(`${wire}, %s`, (form, ask) => {
    it('gives text, id, model and usage', async () => {
      const { got } = await ask(samples.text)
      expect(got).toMatchObject({ outcome: { kind: 'ok' }, text: 'Héllo', answerId: 'a1', model: 'm1' })
      expect(got.finishReason).toBe('stop')
      expect(got.usage).toMatchObject(usageOf(20, 5, { cacheReadTokens: 8 }))
    })

    it('tells reasoning apart from text', async () => {
      const { got, seen } = await ask(samples.reasoning)
      expect(got).toMatchObject({ outcome: { kind: 'ok' }, text: '42' })
      const reasoningTokens = samples.tellsReasoning ? 7 : 0
      expect(got.usage).toMatchObject(usageOf(10, 9, { reasoningTokens }))
      const message = form === 'whole' ? messageOf(got) : joined(seen)
      expect(message['reasoning'] ?? message['reasoning_content']).toBe('hm, yes')
    })

    it('puts tool calls together, also without arguments', async () => {
      const { got } = await ask(samples.tools)
      expect(got.finishReason).toBe('tool_calls')
      expect(got.toolCalls?.map(({ name }) => name)).toEqual(['add', 'now'])
      expect(got.toolCalls?.map(call => JSON.parse(call.argumentsText || '{}'))).toEqual([
        { a: 1, b: [2] },
        {},
      ])
      expect(got.usage).toMatchObject(usageOf(30, 12))
    })

    it('says when there was no more room', async () => {
      const { got } = await ask(samples.length)
      expect(got).toMatchObject({ outcome: { kind: 'ok' }, text: 'a', finishReason: 'length' })
    })

    it('takes a refusal without content as an answer', async () => {
      const { got } = await ask(samples.refusal)
      expect(got).toMatchObject({ outcome: { kind: 'ok' }, text: '', finishReason: 'content_filter' })
      expect(got.usage).toMatchObject(usageOf(4, 2))
    })

    it('knows no usage where none was told, and none that cannot be', async () => {
      expect((await ask(samples.withoutUsage)).got).toMatchObject({
        text: 'a',
        usage: null,
        usageIsInvalid: false,
      })
      expect((await ask(samples.wrongUsage)).got).toMatchObject({
        text: 'a',
        usage: null,
        usageIsInvalid: true,
      })
    })

    it('classifies an error inside the answer', async () => {
      const { got } = await ask(samples.overload)
      expect(got.outcome).toMatchObject({
        kind: 'error',
        errorType: 'provider_overloaded',
        fault: 'provider',
      })
    })
  })

  describe(`${wire} streams`, () => {
    it('are chat completion chunks with one id, indexed calls and one end', async () => {
      for (const sample of [samples.text, samples.reasoning, samples.tools]) {
        const { seen } = await streamed(sample)
        const chunks = seen.flatMap(event => (event.kind === 'chunk' ? [event.data] : []))
        expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set(['a1']))
        const choices = chunks
          .flatMap(chunk => asArray(chunk['choices']))
          .map(choice => asObject(choice) ?? {})
        expect(choices.filter(choice => choice['finish_reason'])).toHaveLength(1)
        for (const call of choices.flatMap(callsIn)) expect(call).toHaveProperty('index', expect.any(Number))
      }
    })

    it('are the same however their bytes are cut', async () => {
      for (const sample of [samples.text, samples.tools]) {
        const bytes = streamOf(sample.events)
        const expected = await read({ type: 'text/event-stream', bytes })
        const cuts = fc.array(fc.nat(bytes.length), { maxLength: 40 })
        const property = fc.asyncProperty(cuts, async places => {
          const { got, seen } = await read({ type: 'text/event-stream', bytes, cuts: places })
          expect(seen).toEqual(expected.seen)
          expect(got.outcome).toEqual({ kind: 'ok' })
        })
        await fc.assert(property, { numRuns: 15 })
      }
    })

    it('are truncated when they end before they are finished', async () => {
      const events = samples.tools.events.slice(0, 2)
      const { got } = await read({ type: 'text/event-stream', bytes: streamOf(events, '') })
      expect(got).toMatchObject({ outcome: { kind: 'truncated' }, usage: null })
    })

    it('may go on after their end', async () => {
      const after = 'data: garbage\n\ndata: {"error":{"message":"late"}}\n\n'
      const end = samples.endOfStream === '' ? '' : samples.endOfStream + after
      const { got } = await read({ type: 'text/event-stream', bytes: streamOf(samples.text.events, end) })
      expect(got).toMatchObject({ outcome: { kind: 'ok' }, text: 'Héllo' })
    })

    it('end with malformed_response at an event that is no JSON', async () => {
      const { got } = await read({ type: 'text/event-stream', bytes: Buffer.from('data: {"a"\n\n') })
      expect(got.outcome).toMatchObject({ errorType: 'malformed_response' })
    })
  })

  describe(`${wire} errors`, () => {
    const error = (status: number, body: string) =>
      read({ status, type: 'application/json', bytes: Buffer.from(body) })

    it('have our types by their own', async () => {
      const { got } = await error(429, JSON.stringify(samples.rateLimit))
      expect(got.outcome).toMatchObject({ errorType: 'rate_limit_exceeded', message: 'slow down' })
    })

    it.each(['<html>', '', '[]', 'null', '{"error":"text"}', '{"error":{"type":7,"status":7}}'])(
      'survive the body %j',
      async body => {
        expect((await error(503, body)).got.outcome).toMatchObject({ errorType: 'provider_overloaded' })
        expect((await error(200, body)).got.outcome.kind).toBe('error')
      },
    )

    it('never throw, whatever an event says', () => {
      const names = [
        'type',
        'index',
        'delta',
        'message',
        'content_block',
        'usage',
        'choices',
        'candidates',
        'content',
      ]
      const more = [
        'parts',
        'functionCall',
        'partialArgs',
        'tool_calls',
        'promptFeedback',
        'usageMetadata',
        'error',
      ]
      const kinds = [
        'message_start',
        'content_block_start',
        'content_block_delta',
        'message_delta',
        'tool_use',
      ]
      const { value } = fc.letrec(tie => ({
        value: fc.oneof(
          { depthSize: 'small' },
          fc.constantFrom<unknown>(null, 0, -1, 1.5, '', 'x', true, ...kinds),
          fc.array(tie('value'), { maxLength: 2 }),
          fc.dictionary(fc.constantFrom(...names, ...more), tie('value'), { maxKeys: 4 }),
        ),
      }))
      const property = fc.property(fc.array(value, { maxLength: 4 }), values => {
        const decoder = protocol.createDecoder()
        for (const event of values.filter(isObject)) {
          expect(Array.isArray(decoder.chunks(event))).toBe(true)
          protocol.decodeBody(event)
        }
        protocol.decodeError(values)
      })
      fc.assert(property, { numRuns: 300 })
    })
  })

  describe(`${wire} requests`, () => {
    it('are written without a throw, whatever fields hold, and name each field that is left out once', () => {
      const names = [
        'messages',
        'tools',
        'tool_choice',
        'response_format',
        'stop',
        'reasoning',
        'n',
        'seed',
        'user',
      ]
      const inner = [
        'role',
        'content',
        'type',
        'text',
        'image_url',
        'url',
        'function',
        'name',
        'tool_calls',
        'file',
      ]
      const { value } = fc.letrec(tie => ({
        value: fc.oneof(
          { depthSize: 'small' },
          fc.constantFrom<unknown>(null, 0, 2, '', 'user', 'assistant', 'tool', 'text', 'image_url', true),
          fc.array(tie('value'), { maxLength: 3 }),
          fc.dictionary(fc.constantFrom(...inner), tie('value'), { maxKeys: 4 }),
        ),
      }))
      const fields = fc.dictionary(fc.constantFrom(...names), value)
      const property = fc.property(fields, fc.boolean(), (body, stream) => {
        const encoded = protocol.encode(body, { upstreamModel: 'm', stream })
        expect(isObject(JSON.parse(encoded.body))).toBe(true)
        expect(new Set(encoded.leftOut).size).toBe(encoded.leftOut.length)
      })
      fc.assert(property, { numRuns: 300 })
    })

    it('take no fields of the router, name those that nobody acts on, and pass unknown ones', () => {
      const fields = {
        messages: [],
        provider: { order: ['x'] },
        session_id: 's',
        transforms: [],
        brand_new: 1,
      }
      const { body, leftOut } = protocol.encode(fields, { upstreamModel: 'm', stream: false })
      expect(JSON.parse(body)).toMatchObject({ brand_new: 1 })
      expect(JSON.parse(body)).not.toHaveProperty('provider')
      expect(leftOut).toEqual(['transforms'])
    })
  })
}

function messageOf({ body }: Exchange): JsonObject {
  const [choice] = asArray(asObject(body)?.['choices'])
  return asObject(asObject(choice)?.['message']) ?? {}
}

/** The deltas of a stream, texts put together. */
function joined(events: readonly StreamEvent[]): Record<string, unknown> {
  const message: Record<string, string> = {}
  for (const event of events) {
    if (event.kind !== 'chunk') continue
    const [choice] = asArray(event.data['choices'])
    for (const [name, value] of Object.entries(asObject(asObject(choice)?.['delta']) ?? {})) {
      if (typeof value === 'string') message[name] = (message[name] ?? '') + value
    }
  }
  return message
}

function callsIn({ delta }: JsonObject): readonly unknown[] {
  return asArray(asObject(delta)?.['tool_calls'])
}
