import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { builtinCalibration } from '../../../src/sim/builtin-calibration.ts'
import {
  drawAnswerTokens,
  drawTokensPerSecond,
  drawTtftMs,
  profileOf,
} from '../../../src/sim/model/profile.ts'
import { endpointOf } from '../tiny-catalog.ts'

const calibration = builtinCalibration()
const rng = createRng('profile')
const thousand = { uncachedTokens: 1000, cachedTokens: 0 }

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? Number.NaN
}

function draws(count: number, draw: (rng: ReturnType<typeof createRng>) => number): readonly number[] {
  return Array.from({ length: count }, (_, at) => draw(rng.fork(String(at))))
}

describe('profileOf', () => {
  it.each([
    ['cerebras', 'meta-llama/llama-3.3-70b-instruct', 172, 3143],
    ['deepinfra', 'meta-llama/llama-3.3-70b-instruct', 171, 35],
    ['groq', 'meta-llama/llama-3.3-70b-instruct', 175, 411],
    ['groq', 'openai/gpt-oss-120b', 281, 784],
    ['together', 'z-ai/glm-5.2', 428, 101],
    ['togetherai', 'z-ai/glm-5.2', 428, 101],
    ['somebody-new', 'z-ai/glm-5.2', 661, 65],
  ])('gives %s serving %s the measured medians at 1000 tokens', (...row) => {
    const [provider, modelId, ttftMs, speed] = row
    const profile = profileOf(endpointOf({ provider, modelId }), calibration)
    const first = draws(4001, fork => drawTtftMs(profile, thousand, fork))
    const rates = draws(4001, fork => drawTokensPerSecond(profile, fork))
    expect(quantile(first, 0.5) / ttftMs).toBeCloseTo(1, 1)
    expect(quantile(rates, 0.5) / speed).toBeCloseTo(1, 1)
  })

  it('follows the fitted law of Claude models, in which cached context is cheaper than fresh', () => {
    const { ttft } = profileOf(
      endpointOf({ provider: 'anthropic', modelId: 'anthropic/claude-opus-4.8' }),
      calibration,
    )
    expect(ttft.baseMs).toBe(2240)
    expect(ttft.msPerUncachedToken).toBeCloseTo(0.0193)
    expect(ttft.msPerCachedToken).toBeCloseTo(0.004)
  })

  it('sends one token a chunk at OpenAI-like hosts and several at Anthropic and Gemini', () => {
    const chunk = (provider: string) => profileOf(endpointOf({ provider }), calibration).chunkTokens
    const one = { min: 1, max: 1 }
    const several = [
      { min: 1, max: 9 },
      { min: 4, max: 20 },
    ]
    expect(['openai', 'groq', 'anthropic', 'google-vertex'].map(chunk)).toEqual([one, one, ...several])
  })
})

describe('drawTtftMs', () => {
  it('is lognormal with a heavy tail of one request in a hundred', () => {
    const profile = profileOf(endpointOf(), calibration)
    const first = draws(20_000, fork => drawTtftMs(profile, thousand, fork))
    const median = quantile(first, 0.5)
    expect(Math.log(quantile(first, 0.8413) / median)).toBeGreaterThan(0.28)
    expect(Math.log(quantile(first, 0.8413) / median)).toBeLessThan(0.33)
    const share = first.filter(value => value > 4 * median).length / first.length
    expect(share).toBeGreaterThan(0.007)
    expect(share).toBeLessThan(0.013)
  })

  it('gives the same time to the same draw', () => {
    const profile = profileOf(endpointOf(), calibration)
    const once = drawTtftMs(profile, thousand, createRng('a'))
    expect(drawTtftMs(profile, thousand, createRng('a'))).toBe(once)
  })
})

describe('drawAnswerTokens', () => {
  it('has a median of 60 tokens and never gives an empty answer', () => {
    const profile = profileOf(endpointOf(), calibration)
    const lengths = draws(4001, fork => drawAnswerTokens(profile, fork))
    expect(quantile(lengths, 0.5)).toBeGreaterThan(56)
    expect(quantile(lengths, 0.5)).toBeLessThan(64)
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(1)
  })
})
