import { describe, expect, it } from 'vitest'
import type { PriceOverride } from '../../src/catalog/index.ts'
import { createVirtualClock } from '../../src/core/index.ts'
import { answering, ask, bodyOf, openTestRouter, readEvents } from '../router/open-test-router.ts'
import { endpointOf } from '../support/endpoint-of.ts'

/** Pico-USD per token of an amount in USD per million tokens. */
const perMillion = (usd: number) => BigInt(Math.round(usd * 1e6))

/** An endpoint with the prices of contract section 5.2, in USD per million tokens. */
function pricedAt(input: number, output: number, cache: { read: number; write?: number; hour?: number }) {
  const { price } = endpointOf({ provider: 'a', input, output, cacheRead: cache.read })
  const { write, hour } = cache
  const writes = write === undefined ? {} : { cacheWrite: perMillion(write) }
  const hours = hour === undefined ? {} : { cacheWrite1h: perMillion(hour) }
  return endpointOf({ provider: 'a', more: { price: { ...price, ...writes, ...hours } } })
}

const openai = pricedAt(2.5, 10, { read: 1.25 })
const anthropic = pricedAt(3, 15, { read: 0.3, write: 3.75, hour: 6 })

/** Inclusive, as OpenAI counts: the prompt contains what was read and written. */
const inclusive = (prompt: number, completion: number, details: object, more: object = {}) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: details,
  ...more,
})

/** Exclusive, as Anthropic counts, in the fields of OpenAI: read and written tokens stand beside the prompt. */
const exclusive = (
  rest: number,
  completion: number,
  cache: { read?: number; written?: number; hour?: number },
) => {
  const { read = 0, written = 0, hour = 0 } = cache
  return {
    prompt_tokens: rest,
    completion_tokens: completion,
    total_tokens: rest + read + written + hour + completion,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written + hour,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: hour },
  }
}

const hourSplit = { cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 9000 } }

describe('11. cost', () => {
  it.each([
    ['OpenAI read', openai, inclusive(10_339, 60, { cached_tokens: 10_318 }), 0.01355, 0.0128975],
    ['OpenAI read', openai, exclusive(21, 60, { read: 10_318 }), 0.01355, 0.0128975],
    ['5m write', anthropic, inclusive(10_000, 100, { cache_write_tokens: 9000 }), 0.03825, -0.00675],
    ['5m write', anthropic, exclusive(1000, 100, { written: 9000 }), 0.03825, -0.00675],
    ['1h write', anthropic, inclusive(10_000, 100, { cache_write_tokens: 9000 }, hourSplit), 0.0585, -0.027],
    ['1h write', anthropic, exclusive(1000, 100, { hour: 9000 }), 0.0585, -0.027],
    ['read', anthropic, inclusive(10_000, 100, { cached_tokens: 9000 }), 0.0072, 0.0243],
    ['read', anthropic, exclusive(1000, 100, { read: 9000 }), 0.0072, 0.0243],
  ])('of the vector %s, streamed and not', async (_name, endpoint, usage, cost, discount) => {
    await using router = await openTestRouter([endpoint], { a: answering('Hi', usage) })
    for (const stream of [false, true]) {
      const response = await router.post(ask({ stream }))
      const body = stream ? (await readEvents(response)).chunks.at(-1) : await bodyOf(response)
      const prompt = usage.total_tokens - usage.completion_tokens
      expect(body.usage).toMatchObject({ prompt_tokens: prompt, total_tokens: usage.total_tokens, cost })
      expect((await bodyOf(router.get(`/api/v1/generation?id=${body.id}`))).data).toMatchObject({
        total_cost: cost,
        cache_discount: discount,
        native_tokens_prompt: prompt,
      })
    }
  })
})

const base = endpointOf({ provider: 'a', input: 1, output: 10 })

function overriddenBy(...overrides: readonly PriceOverride[]) {
  return endpointOf({ provider: 'a', more: { price: { ...base.price, overrides } } })
}

/** The cost of one answer with 10 completion tokens, asked at a time of day, as it stands in `usage`. */
async function costOf(endpoint: ReturnType<typeof endpointOf>, promptTokens: number, time = '12:00') {
  const clock = createVirtualClock(Date.parse(`2026-11-20T${time}:00Z`) * 1000)
  const usage = { prompt_tokens: promptTokens, completion_tokens: 10, total_tokens: promptTokens + 10 }
  await using router = await openTestRouter([endpoint], { a: answering('Hi', usage) }, { clock })
  return (await bodyOf(router.post(ask()))).usage.cost
}

describe('12. prices with overrides', () => {
  const long = overriddenBy({ minPromptTokens: 200, amounts: { input: perMillion(2) } })
  const nightly = overriddenBy({
    utcWindow: { startMinute: 23 * 60, endMinute: 60 },
    amounts: { input: perMillion(0.5) },
  })
  const layered = overriddenBy(
    { minPromptTokens: 100, amounts: { input: perMillion(2), output: perMillion(20) } },
    { minPromptTokens: 200, amounts: { input: perMillion(4) } },
  )

  it.each([
    ['holds not yet at the threshold', long, 200, '12:00', 200 * 1 + 10 * 10],
    ['holds beyond the threshold', long, 201, '12:00', 201 * 2 + 10 * 10],
    ['holds not before its window', nightly, 100, '22:59', 100 * 1 + 10 * 10],
    ['holds at the start of its window', nightly, 100, '23:00', 100 * 0.5 + 10 * 10],
    ['holds after midnight', nightly, 100, '00:59', 100 * 0.5 + 10 * 10],
    ['holds no more at the end of its window', nightly, 100, '01:00', 100 * 1 + 10 * 10],
    ['gives every key that it has', layered, 200, '12:00', 200 * 2 + 10 * 20],
    ['wins key by key over earlier ones', layered, 201, '12:00', 201 * 4 + 10 * 20],
  ] as const)('an override %s', async (_name, endpoint, promptTokens, time, micros) => {
    expect(await costOf(endpoint, promptTokens, time)).toBeCloseTo(micros / 1e6, 12)
  })
})
