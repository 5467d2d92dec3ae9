import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { builtinCalibration } from '../../../src/sim/builtin-calibration.ts'
import { createEndpointModel } from '../../../src/sim/model/endpoint-model.ts'
import { type EndpointProfile, profileOf } from '../../../src/sim/model/profile.ts'
import { digestPrompt } from '../../../src/sim/model/prompt-digest.ts'
import type { ReasoningWish } from '../../../src/sim/model/reasoning.ts'
import { createRegimeProcess, type RegimeName } from '../../../src/sim/model/regimes.ts'
import { endpointOf } from '../tiny-catalog.ts'
import { bytesTokenizer } from '../../../src/sim/model/tokenizer.ts'
import { largestGap, lognormalCdf } from './kolmogorov.ts'

const draws = 20_000
/** Kolmogorov's bound: a sample of a true model exceeds it once in a thousand (seeds are fixed, so never by chance). */
const bound = 1.95 / Math.sqrt(draws)

const endpoint = endpointOf({
  modelId: 'z-ai/glm-5.2',
  maxOutputTokens: 1e6,
  contextTokens: 1e7,
  supportedParameters: new Set(['reasoning']),
})
const profile: EndpointProfile = { ...profileOf(endpoint, builtinCalibration()), slots: null }
const promptTokens = 3000
const prompt = digestPrompt([{ text: 'p'.repeat(4 * promptTokens), isMarked: false }], {
  cache: { ...endpoint.cache, mode: 'none' },
  tokenizer: bytesTokenizer,
})

/** Answers to so many requests that differ only by their draws. */
function answers(reasoning?: ReasoningWish) {
  const uncached = { ...endpoint, cache: { ...endpoint.cache, mode: 'none' as const } }
  const model = createEndpointModel({
    endpoint: uncached,
    profile,
    tokenizer: bytesTokenizer,
    rng: createRng('distributions'),
  })
  const wish = { kind: 'filler', tokens: null } as const
  const request = { prompt, maxTokens: null, wish, ...(reasoning && { reasoning }) }
  return Array.from({ length: draws }, (_, at) => {
    const { plan } = model.admit({
      request,
      keyId: 'key',
      drawId: `request ${at}`,
      nowMs: at,
      elapsedMs: at,
      faults: [],
    })
    if (plan.kind !== 'answer') throw new Error(`planned ${plan.kind}`)
    const { headersAtMs, endAtMs, usage } = plan
    return { headersAtMs, endAtMs, usage }
  })
}

/** Lengths are rounded to whole tokens, at least 1: their model is the lognormal half a token further. */
function lengthCdf(medianTokens: number, sigma: number) {
  const cdf = lognormalCdf(medianTokens, sigma)
  return (tokens: number) => (tokens < 1 ? 0 : cdf(Math.floor(tokens) + 0.5))
}

describe('an endpoint model over 20,000 requests', () => {
  const sample = answers()

  it('draws first-token times from a lognormal with a tail of a hundredth, five to ten times as long', () => {
    const { baseMs, msPerUncachedToken, sigma, tailRatio, tailFactors } = profile.ttft
    const medianMs = baseMs + msPerUncachedToken * promptTokens
    const usual = lognormalCdf(medianMs, sigma)
    const steps = 200
    const [min, max] = tailFactors
    const factors = Array.from({ length: steps }, (_, at) => min + ((at + 0.5) / steps) * (max - min))
    const tail = (ms: number) => factors.reduce((sum, factor) => sum + usual(ms / factor), 0) / steps
    const cdf = (ms: number) => (1 - tailRatio) * usual(ms) + tailRatio * tail(ms)
    const times = sample.map(({ headersAtMs }) => headersAtMs)
    expect(largestGap(times, cdf)).toBeLessThan(bound)
    // The tail is too rare for the distance over all draws to see: it is held to its own law.
    const border = 4 * medianMs
    const beyond = times.filter(ms => ms > border)
    const beyondCdf = (ms: number) => (cdf(ms) - cdf(border)) / (1 - cdf(border))
    expect(beyond.length / draws).toBeCloseTo(1 - cdf(border), 2)
    expect(largestGap(beyond, beyondCdf)).toBeLessThan(1.95 / Math.sqrt(beyond.length))
  })

  it('draws decode speeds from a lognormal', () => {
    const speeds = sample
      .filter(({ usage }) => usage.outputTokens > 1)
      .map(({ headersAtMs, endAtMs, usage }) => (1000 * (usage.outputTokens - 1)) / (endAtMs - headersAtMs))
    expect(speeds.length).toBeGreaterThan(0.999 * draws)
    const { tokensPerSecond, sigma } = profile.decode
    expect(largestGap(speeds, lognormalCdf(tokensPerSecond, sigma))).toBeLessThan(bound)
    // The bound is narrow enough to see a speed that is 3 % off, or a spread that is 10 % off.
    expect(largestGap(speeds, lognormalCdf(1.03 * tokensPerSecond, sigma))).toBeGreaterThan(bound)
    expect(largestGap(speeds, lognormalCdf(tokensPerSecond, 1.1 * sigma))).toBeGreaterThan(bound)
  })

  it('draws lengths of answers from a lognormal in whole tokens', () => {
    const lengths = sample.map(({ usage }) => usage.outputTokens)
    const { medianTokens, sigma } = profile.answer
    expect(largestGap(lengths, lengthCdf(medianTokens, sigma))).toBeLessThan(bound)
  })

  it('draws lengths of reasoning from a lognormal in whole tokens', () => {
    const lengths = answers({ kind: 'effort', effort: 'low' }).map(({ usage }) => usage.reasoningTokens)
    const { medianTokens, sigma } = profile.reasoning
    expect(largestGap(lengths, lengthCdf(0.125 * medianTokens, sigma))).toBeLessThan(bound)
  })

  it('draws the parts of one answer independently of each other', () => {
    const ranks = (values: readonly number[]) => {
      const order = values.map((value, at) => ({ value, at })).toSorted((a, b) => a.value - b.value)
      const rank: number[] = []
      for (const [position, { at }] of order.entries()) rank[at] = position / draws - 0.5
      return rank
    }
    const columns = [
      ranks(sample.map(({ headersAtMs }) => headersAtMs)),
      ranks(sample.map(({ usage }) => usage.outputTokens)),
      ranks(
        sample.map(
          ({ headersAtMs, endAtMs, usage }) => (usage.outputTokens - 1) / (endAtMs - headersAtMs || 1),
        ),
      ),
    ]
    for (const [at, one] of columns.entries())
      for (const other of columns.slice(at + 1)) {
        const correlation = one.reduce((sum, rank, row) => sum + 12 * rank * (other[row] ?? 0), 0) / draws
        expect(Math.abs(correlation)).toBeLessThan(3.3 / Math.sqrt(draws))
      }
  })
})

/** How long each of so many regimes lasted, found by looking every 1/300 of the mean and halving at a change. */
function dwellTimes(meanMs: number, count: number): readonly number[] {
  const means = { healthy: meanMs, erroring: meanMs }
  const process = createRegimeProcess({ kind: 'drawn', meanMs: means }, createRng('dwell'))
  const changeBetween = (from: number, to: number, regime: RegimeName): number => {
    const middle = (from + to) / 2
    if (to - from < meanMs / 1e5) return middle
    return process.at(middle) === regime
      ? changeBetween(middle, to, regime)
      : changeBetween(from, middle, regime)
  }
  const step = meanMs / 300
  const times: number[] = []
  let [sinceMs, atMs, regime] = [0, 0, process.at(0)]
  while (times.length < count) {
    atMs += step
    if (process.at(atMs) === regime) continue
    const changeMs = changeBetween(atMs - step, atMs, regime)
    times.push(changeMs - sinceMs)
    sinceMs = changeMs
    regime = process.at(atMs)
  }
  return times
}

describe('createRegimeProcess', () => {
  it('lets a regime last exponentially long, over 20,000 changes', () => {
    const times = dwellTimes(1000, draws)
    expect(largestGap(times, ms => 1 - Math.exp(-ms / 1000))).toBeLessThan(bound)
  })
})
