import type { AnswerPlan } from '../../../src/sim/model/answer.ts'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../src/catalog/index.ts'
import { createRng } from '../../../src/core/index.ts'
import { type Arrival, createEndpointModel } from '../../../src/sim/model/endpoint-model.ts'
import { builtinCalibration } from '../../../src/sim/builtin-calibration.ts'
import { type EndpointProfile, profileOf } from '../../../src/sim/model/profile.ts'
import type { ReasoningWish } from '../../../src/sim/model/reasoning.ts'
import { digestPrompt, type PromptPart } from '../../../src/sim/model/prompt-digest.ts'
import { bytesTokenizer } from '../../../src/sim/model/tokenizer.ts'
import { endpointOf } from '../tiny-catalog.ts'

const rng = createRng('endpoint')
const noFault = {
  provider: 'deepinfra',
  model: null,
  status: 503,
  fromMs: 0,
  toMs: null,
  ratio: 1,
  delayMs: 0,
}

type Changes = Partial<Arrival> & { readonly maxTokens?: number; readonly wanted?: number }

function arrivalOf(
  prompt: string | readonly PromptPart[],
  endpoint: Endpoint,
  changes: Changes = {},
): Arrival {
  const { maxTokens = null, wanted = null, ...rest } = changes
  const parts = typeof prompt === 'string' ? [{ text: prompt, isMarked: false }] : prompt
  return {
    request: {
      prompt: digestPrompt(parts, { cache: endpoint.cache, tokenizer: bytesTokenizer }),
      maxTokens,
      wish: { kind: 'filler', tokens: wanted },
    },
    keyId: 'key',
    drawId: null,
    nowMs: 0,
    elapsedMs: 0,
    faults: [],
    ...rest,
  }
}

function answerOf(plan: AnswerPlan): AnswerPlan & { kind: 'answer' } {
  if (plan.kind !== 'answer') throw new Error(`planned ${plan.kind}`)
  return plan
}

function playOn(endpoint: Endpoint, figures: Partial<EndpointProfile> = {}) {
  const profile = { ...profileOf(endpoint, builtinCalibration()), ...figures }
  const model = createEndpointModel({ endpoint, profile, tokenizer: bytesTokenizer, rng })
  return (prompt: string | readonly PromptPart[], changes?: Changes) =>
    model.admit(arrivalOf(prompt, endpoint, changes)).plan
}

/** 100 tokens: 6 whole blocks of 16. */
const prompt = 'p'.repeat(400)

describe('createEndpointModel', () => {
  it('reads the whole blocks of a prompt it has seen, of another key none', () => {
    const play = playOn(endpointOf())
    expect(answerOf(play(prompt)).usage).toMatchObject({
      inputTokens: 100,
      cachedTokens: 0,
      writtenTokens: 96,
    })
    const later = { nowMs: 60_000 }
    expect(answerOf(play(prompt, later)).usage).toMatchObject({ cachedTokens: 96, writtenTokens: 0 })
    expect(answerOf(play(prompt, { ...later, keyId: 'other' })).usage.cachedTokens).toBe(0)
  })

  it('reads the shared beginning of a longer conversation', () => {
    const play = playOn(endpointOf())
    play(prompt)
    const usage = answerOf(play(`${prompt}${'q'.repeat(400)}`, { nowMs: 60_000 })).usage
    expect(usage).toMatchObject({ inputTokens: 200, cachedTokens: 96, writtenTokens: 96 })
  })

  it('reads nothing while the first answer is in prefill, and nothing after the time to live', () => {
    const play = playOn(endpointOf())
    play(prompt)
    expect(answerOf(play(prompt, { nowMs: 1 })).usage.cachedTokens).toBe(0)
    expect(answerOf(play(prompt, { nowMs: 300_000 })).usage.cachedTokens).toBe(96)
    expect(answerOf(play(prompt, { nowMs: 600_000 })).usage.cachedTokens).toBe(0)
  })

  it('caches no prompt shorter than the minimum', () => {
    const cache = { mode: 'implicit', minTokens: 97, blockTokens: 16, ttlSeconds: 300 } as const
    const play = playOn(endpointOf({ cache }))
    expect(answerOf(play(prompt)).usage.writtenTokens).toBe(0)
    expect(answerOf(play(prompt, { nowMs: 60_000 })).usage.cachedTokens).toBe(0)
  })

  it('caches nothing where there is no cache', () => {
    const cache = { mode: 'none', minTokens: 0, blockTokens: 16, ttlSeconds: 300 } as const
    const play = playOn(endpointOf({ cache }))
    play(prompt)
    expect(answerOf(play(prompt, { nowMs: 60_000 })).usage).toMatchObject({
      cachedTokens: 0,
      writtenTokens: 0,
    })
  })

  it('caches marked prefixes only, to the token, where caching is explicit', () => {
    const cache = { mode: 'explicit', minTokens: 50, blockTokens: 1, ttlSeconds: 300 } as const
    const play = playOn(endpointOf({ cache }))
    const system = { text: 's'.repeat(250), isMarked: true }
    const turn = (text: string, isMarked: boolean) => ({ text, isMarked })
    const nowMs = 60_000
    expect(answerOf(play([{ ...system, isMarked: false }])).usage.writtenTokens).toBe(0)
    expect(answerOf(play([system, turn('one', false)])).usage.writtenTokens).toBe(63)
    const second = answerOf(play([system, turn('two!', true)], { nowMs })).usage
    expect(second).toMatchObject({ inputTokens: 64, cachedTokens: 63, writtenTokens: 1 })
    const third = [system, turn('two!', false), turn('more', true)]
    expect(answerOf(play(third, { nowMs: 2 * nowMs })).usage).toMatchObject({ cachedTokens: 64 })
    expect(answerOf(play([system], { nowMs: 2 * nowMs })).usage).toMatchObject({ cachedTokens: 63 })
  })

  it('answers faster when the prompt is cached', () => {
    const endpoint = endpointOf({
      provider: 'anthropic',
      modelId: 'anthropic/claude-sonnet-4.6',
      contextTokens: 1e6,
    })
    const long = 'p'.repeat(1_200_000)
    const firstAt = (isWarm: boolean) => {
      const play = playOn(endpoint)
      if (isWarm) play(long, { drawId: 'warm-up' })
      return answerOf(play(long, { drawId: 'same', nowMs: 200_000 })).headersAtMs
    }
    expect(firstAt(true)).toBeLessThan(0.9 * firstAt(false))
  })

  it('gives each request the same answer whatever comes before it, and each attempt another', () => {
    const cache = { mode: 'none', minTokens: 0, blockTokens: 16, ttlSeconds: 0 } as const
    const [one, two] = [playOn(endpointOf({ cache })), playOn(endpointOf({ cache }))]
    const first = one(prompt, { drawId: 'a' })
    const second = one(prompt, { drawId: 'b' })
    expect(two(prompt, { drawId: 'b' })).toEqual(second)
    expect(two(prompt, { drawId: 'a' })).toEqual(first)
    expect(two(prompt, { drawId: 'a' })).not.toEqual(first)
  })

  it('keeps steps of one decode speed between chunks', () => {
    const { chunks, headersAtMs, endAtMs } = answerOf(playOn(endpointOf())(prompt, { wanted: 50 }))
    const gaps = chunks.slice(1).map(({ atMs }, at) => atMs - (chunks[at]?.atMs ?? 0))
    expect(chunks.length).toBe(50)
    expect(chunks[0]?.atMs).toBe(headersAtMs)
    expect(chunks.at(-1)?.atMs).toBe(endAtMs)
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1e-6)
  })

  it.each([
    [20, 10, 10, 'length'],
    [10, 20, 10, 'stop'],
    [10, 10, 10, 'stop'],
    [9000, undefined, 9000, 'stop'],
    [90_000, undefined, 16_384, 'length'],
  ] as const)('answers %s wanted tokens with a maximum of %s', (...row) => {
    const [wanted, maxTokens, tokens, finishReason] = row
    const limits = maxTokens === undefined ? { wanted } : { wanted, maxTokens }
    const answer = answerOf(playOn(endpointOf())(prompt, limits))
    expect(answer.usage.outputTokens).toBe(tokens)
    expect(answer.finishReason).toBe(finishReason)
    expect(bytesTokenizer.count(answer.chunks.map(({ text }) => text).join(''))).toBe(tokens)
  })

  it('refuses a prompt larger than the context', () => {
    const play = playOn(endpointOf({ contextTokens: 99 }))
    expect(play(prompt)).toMatchObject({
      kind: 'refusal',
      refusal: { kind: 'context_length', contextTokens: 99, requestedTokens: 100 },
    })
  })

  it('refuses what is over a limit, and a refused request warms no cache', () => {
    const play = playOn(endpointOf({ rateLimits: { requestsPerMinute: 1, tokensPerMinute: null } }))
    play('other')
    expect(play(prompt)).toMatchObject({ kind: 'refusal', refusal: { kind: 'limited', limit: 'requests' } })
    expect(answerOf(play(prompt, { nowMs: 60_000 })).usage.cachedTokens).toBe(0)
  })

  it.each([
    ['outage', { kind: 'reset' }],
    ['status', { kind: 'refusal', refusal: { kind: 'status', status: 503 } }],
    ['rate_limit', { kind: 'refusal', refusal: { kind: 'limited', limit: 'requests', retryAfterMs: 1000 } }],
  ] as const)('does what the fault %s says', (kind, expected) => {
    expect(playOn(endpointOf())(prompt, { faults: [{ ...noFault, kind }] })).toMatchObject(expected)
  })

  it('delays only the first token, not the headers, for a slow first token', () => {
    const slow = answerOf(
      playOn(endpointOf())(prompt, { faults: [{ ...noFault, kind: 'slow_first_token', delayMs: 5000 }] }),
    )
    const usual = answerOf(playOn(endpointOf())(prompt))
    expect(slow.headersAtMs).toBe(0)
    expect(slow.chunks[0]?.atMs).toBeCloseTo(usual.headersAtMs + 5000)
  })

  it('makes a request wait for a slot, and shows the wait in its first token', () => {
    const [free, full] = [playOn(endpointOf()), playOn(endpointOf(), { slots: 1 })]
    const first = answerOf(full(prompt, { drawId: 'first', wanted: 100 }))
    const second = answerOf(full(prompt, { drawId: 'second', nowMs: 5 }))
    free(prompt, { drawId: 'first' })
    const unhindered = answerOf(free(prompt, { drawId: 'second', nowMs: 5 }))
    const waitMs = first.endAtMs - 5
    expect(second.headersAtMs).toBeCloseTo(unhindered.headersAtMs + waitMs)
    expect(second.endAtMs).toBeCloseTo(unhindered.endAtMs + waitMs)
  })

  it('answers at another pace when told to: first token and speed apart', () => {
    const usual = answerOf(playOn(endpointOf())(prompt, { wanted: 50 }))
    const pace = { ttftFactor: 3, decodeFactor: 0.5 }
    const drifted = answerOf(playOn(endpointOf())(prompt, { wanted: 50, pace }))
    expect(drifted.headersAtMs).toBeCloseTo(3 * usual.headersAtMs)
    const decodeMs = (plan: typeof usual) => plan.endAtMs - plan.headersAtMs
    expect(decodeMs(drifted)).toBeCloseTo(2 * decodeMs(usual))
  })

  it('sends chunks of several tokens where the provider does, at the same speed', () => {
    const play = (min: number, max: number) =>
      answerOf(playOn(endpointOf(), { chunkTokens: { min, max } })(prompt, { wanted: 500 }))
    const [single, several] = [play(1, 1), play(1, 9)]
    const sizes = several.chunks.map(({ tokens }) => tokens)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(500)
    expect(Math.min(...sizes)).toBe(1)
    expect(Math.max(...sizes)).toBe(9)
    const speed = (plan: typeof single, firstTokens: number) =>
      (500 - firstTokens) / (plan.endAtMs - plan.headersAtMs)
    expect(speed(several, sizes[0] ?? 0)).toBeCloseTo(speed(single, 1))
  })

  it('thinks before it answers, when asked and able, and counts that as output', () => {
    const supportedParameters = new Set(['reasoning'])
    const endpoint = endpointOf({ supportedParameters })
    const ask = (reasoning: ReasoningWish | undefined, changes: Changes = {}, on = endpoint) => {
      const arrival = arrivalOf(prompt, on, changes)
      const profile = profileOf(on, builtinCalibration())
      const request = { ...arrival.request, ...(reasoning && { reasoning }) }
      return answerOf(
        createEndpointModel({ endpoint: on, profile, tokenizer: bytesTokenizer, rng }).admit({
          ...arrival,
          request,
        }).plan,
      )
    }
    const plan = ask({ kind: 'effort', effort: 'high' })
    expect(plan.blocks.map(({ kind }) => kind)).toEqual(['reasoning', 'text'])
    expect(plan.chunks[0]).toMatchObject({ block: 0, atMs: plan.headersAtMs })
    expect(plan.usage.outputTokens).toBe(plan.chunks.length)
    expect(plan.usage.reasoningTokens).toBe(plan.chunks.filter(({ block }) => block === 0).length)
    expect(ask(undefined).usage.reasoningTokens).toBe(0)
    expect(ask({ kind: 'off' }).usage.reasoningTokens).toBe(0)
    expect(ask({ kind: 'effort', effort: 'high' }, {}, endpointOf()).usage.reasoningTokens).toBe(0)
    expect(ask({ kind: 'budget', maxTokens: 5 }).usage.reasoningTokens).toBe(5)
    const short = ask({ kind: 'effort', effort: 'medium' }, { wanted: 20 }).usage
    expect(short).toMatchObject({ outputTokens: 20, reasoningTokens: 10 })
  })

  it('thinks unasked where the model does so by itself', () => {
    const provider = 'google-ai-studio'
    const supportedParameters = new Set(['reasoning'])
    const pro = endpointOf({ provider, modelId: 'google/gemini-2.5-pro', supportedParameters })
    expect(answerOf(playOn(pro)(prompt)).usage.reasoningTokens).toBeGreaterThan(0)
  })

  it('tells writes for an hour from usual ones, and keeps each for its time', () => {
    const cache = { mode: 'explicit', minTokens: 50, blockTokens: 1, ttlSeconds: 300 } as const
    const play = playOn(endpointOf({ cache }))
    const tools = { text: 't'.repeat(400), isMarked: true, ttlSeconds: 3600 }
    const system = { text: 's'.repeat(200), isMarked: true }
    const usage = (nowMs: number) => answerOf(play([tools, system], { nowMs })).usage
    const minute = 60_000
    expect(usage(0)).toMatchObject({ cachedTokens: 0, writtenTokens: 150, longWrittenTokens: 100 })
    expect(usage(2 * minute)).toMatchObject({ cachedTokens: 150, writtenTokens: 0, longWrittenTokens: 0 })
    expect(usage(30 * minute)).toMatchObject({ cachedTokens: 100, writtenTokens: 50, longWrittenTokens: 0 })
    expect(usage(91 * minute)).toMatchObject({ cachedTokens: 0, writtenTokens: 150, longWrittenTokens: 100 })
  })

  it('keeps an earlier mark warm by reading it', () => {
    const cache = { mode: 'explicit', minTokens: 50, blockTokens: 1, ttlSeconds: 300 } as const
    const play = playOn(endpointOf({ cache }))
    const first = { text: 's'.repeat(400), isMarked: true }
    const later = [
      { ...first, isMarked: false },
      { text: 'q'.repeat(40), isMarked: true },
    ]
    const minute = 60_000
    play([first])
    expect(answerOf(play(later, { nowMs: 4 * minute })).usage.cachedTokens).toBe(100)
    expect(answerOf(play([first], { nowMs: 8 * minute })).usage.cachedTokens).toBe(100)
  })

  it('cuts a stream after the first chunk and before the last, in both ways', () => {
    const play = playOn(endpointOf())
    const cuts = Array.from({ length: 100 }, () => {
      const plan = answerOf(play(prompt, { wanted: 5, faults: [{ ...noFault, kind: 'cut_stream' }] }))
      return plan.cut
    })
    const places = new Set(cuts.map(cut => cut?.afterChunks))
    expect(places).toEqual(new Set([1, 2, 3, 4]))
    expect(new Set(cuts.map(cut => cut?.how))).toEqual(new Set(['reset', 'end']))
  })
})
