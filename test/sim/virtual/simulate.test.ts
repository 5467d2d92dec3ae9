import { describe, expect, it } from 'vitest'
import { createRng, createSystemClock, formatUsd, nsPerMs } from '../../../src/core/index.ts'
import { openSimulatedProviders } from '../../../src/sim/index.ts'
import { createMarket } from '../../../src/sim/market.ts'
import { digestPrompt } from '../../../src/sim/model/prompt-digest.ts'
import { bytesTokenizer } from '../../../src/sim/model/tokenizer.ts'
import { simulate, type VirtualAnswer, type VirtualRequest } from '../../../src/sim/virtual/simulate.ts'
import { createTokenizers } from '../../../src/sim/tokenizers.ts'
import { catalogOf, endpointOf } from '../tiny-catalog.ts'

const endpoints = [
  endpointOf(),
  endpointOf({ provider: 'groq', rateLimits: { requestsPerMinute: 30, tokensPerMinute: null } }),
]
const catalog = catalogOf(...endpoints)
const outage = {
  provider: 'deepinfra',
  model: null,
  kind: 'cut_stream',
  status: 503,
  fromMs: 20_000,
  toMs: 50_000,
  ratio: 0.5,
  delayMs: 0,
} as const

/** Requests of growing conversations, at drawn times, to drawn endpoints. */
function* traffic(count: number): Generator<VirtualRequest> {
  const rng = createRng('traffic')
  let atMs = 0
  for (let at = 0; at < count; at++) {
    atMs += rng.exponential(200)
    const endpoint = endpoints[rng.int(2)] ?? endpointOf()
    const text = `conversation ${rng.int(5)} `.repeat(20 + Math.floor(at / 10))
    const prompt = digestPrompt([{ text, isMarked: false }], {
      cache: endpoint.cache,
      tokenizer: bytesTokenizer,
    })
    const request = { prompt, maxTokens: null, wish: { kind: 'filler', tokens: null } } as const
    yield { atMs, endpointId: endpoint.id, request, keyId: 'key', drawId: at % 3 === 0 ? null : `draw ${at}` }
  }
}

function play(seed: string): readonly VirtualAnswer[] {
  const options = { catalog, rng: createRng(seed), faults: [outage] }
  return [...simulate({ ...options, requests: traffic(500) })]
}

function logOf(answers: readonly VirtualAnswer[]): string {
  return answers.map(answer => JSON.stringify({ ...answer, billed: formatUsd(answer.billed) })).join('\n')
}

describe('simulate', () => {
  it('gives the same log for the same seed, byte for byte, and another for another', () => {
    const log = logOf(play('one'))
    expect(logOf(play('one'))).toBe(log)
    expect(logOf(play('two'))).not.toBe(log)
  })

  it('shows caches, limits and faults at work', () => {
    const plans = play('one').flatMap(({ plan }) => (plan ? [plan] : []))
    const answers = plans.filter(plan => plan.kind === 'answer')
    expect(answers.some(({ usage }) => usage.cachedTokens > 0)).toBe(true)
    expect(answers.some(({ cut }) => cut !== null)).toBe(true)
    expect(plans.some(plan => plan.kind === 'refusal' && plan.refusal.kind === 'limited')).toBe(true)
  })

  it('plans what the market of the HTTP servers plans at the same instants', () => {
    let nowMs = 0
    const monoNs = () => nowMs * nsPerMs
    const clock = { monoNs, epochUs: () => 0, toEpochUs: () => 0, sleepUntil: () => Promise.resolve() }
    const market = createMarket({ catalog, clock, rng: createRng('one'), speed: 1, faults: [outage] })
    const plans = [...traffic(500)].map(({ atMs, endpointId, ...arrival }) => {
      nowMs = atMs
      const endpoint = catalog.endpoints.get(endpointId)
      return market.stall(endpoint?.provider.id ?? '', endpoint?.upstreamModel ?? '')?.admit(arrival).plan
    })
    expect(play('one').map(({ plan }) => plan)).toEqual(plans)
  })

  it('bills whole answers in full, errors not at all', () => {
    for (const { plan, billed } of play('one')) {
      if (plan?.kind !== 'answer') expect(billed).toBe(0n)
      else if (!plan.cut) expect(billed).toBe(BigInt(plan.usage.inputTokens + plan.usage.outputTokens))
      else expect(billed).toBeLessThan(BigInt(plan.usage.inputTokens + plan.usage.outputTokens))
    }
  })

  it('plans, times and bills the same without writing, for every writing', () => {
    const options = { catalog, rng: createRng('one'), faults: [outage] }
    const unwritten = [...simulate({ ...options, isUnwritten: true, requests: traffic(500) })]
    const bare = (answer: VirtualAnswer) => {
      if (answer.plan?.kind !== 'answer') return answer
      const { blocks, chunks: _, ...plan } = answer.plan
      return { ...answer, plan: { ...plan, blocks: blocks.map(({ kind, tokens }) => ({ kind, tokens })) } }
    }
    expect(unwritten.map(bare)).toEqual(play('one').map(bare))
    const texts = unwritten.flatMap(({ plan }) => (plan?.kind === 'answer' && !plan.cut ? plan.blocks : []))
    expect(texts.some(({ text }) => text !== '')).toBe(false)
  })

  it('answers lazily, so that an endless stream of requests can be cut off', () => {
    const answers = simulate({ catalog, rng: createRng('one'), requests: traffic(Infinity) })
    expect(answers.next().value?.plan.kind).toBe('answer')
  })

  it('turns down requests that go back in time or to an endpoint nobody knows', () => {
    const [first, second] = [...traffic(2)]
    if (!first || !second) throw new Error('no traffic')
    const all = (...requests: readonly VirtualRequest[]) => [
      ...simulate({ catalog, rng: createRng('one'), requests }),
    ]
    expect(() => all(second, first)).toThrow(RangeError)
    expect(() => all({ ...first, endpointId: 'nobody/nothing' })).toThrow(RangeError)
  })

  it('draws what the HTTP servers draw, also for an identity that no header can carry', async () => {
    const drawId = 'sticky/Frage 7 – 世界 %'
    const sim = await openSimulatedProviders({
      catalog,
      clock: createSystemClock(),
      rng: createRng('one'),
      port: 0,
      speed: 1000,
      faults: [],
    })
    const response = await fetch(`${sim.url}/deepinfra/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer key', 'x-routebench-draw': encodeURIComponent(drawId) },
      body: JSON.stringify({
        model: endpoints[0]?.upstreamModel,
        messages: [{ role: 'user', content: 'Hi' }],
      }),
    })
    const body = JSON.parse(await response.text())
    await sim.close()
    const tokenizer = createTokenizers().of('o200k')
    const parts = [{ mark: '<|u>', text: 'Hi', isMarked: false }]
    const cache = { mode: 'implicit', minTokens: 64, blockTokens: 16, ttlSeconds: 300 } as const
    const request = {
      prompt: digestPrompt(parts, { cache, tokenizer }),
      maxTokens: null,
      wish: { kind: 'filler', tokens: null },
    } as const
    const requests = [{ atMs: 0, endpointId: endpoints[0]?.id ?? '', request, keyId: 'key', drawId }]
    const [answer] = [...simulate({ catalog, rng: createRng('one'), requests })]
    if (answer?.plan?.kind !== 'answer') throw new Error('no answer')
    expect(body.id).toBe(`chatcmpl-${answer.id}`)
    expect(body.choices[0].message.content).toBe(answer.plan.blocks[0]?.text)
    expect(body.usage.prompt_tokens).toBe(answer.plan.usage.inputTokens)
  })
})
