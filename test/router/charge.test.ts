import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import { worstCharge } from '../../src/router/charge.ts'
import { localCaller } from '../../src/router/keys/key-ring.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { callerOf, keyOf } from './keys/key-of.ts'

const cheap = endpointOf({ provider: 'a', input: 1, output: 2 })
const dear = endpointOf({ provider: 'b', input: 3, output: 4 })

/** A decision for these endpoints and a request of 100 tokens. */
function worst(
  endpoints: readonly Endpoint[],
  maxOutputTokens: number | null,
  { caller = localCaller, answers = 1 } = {},
) {
  const candidates = endpoints.map(endpoint => ({ endpoint, score: 0, reason: '' }))
  const route = { decision: { policy: '', candidates, models: [] } }
  return worstCharge(route, caller, { inputTokens: 100, outputTokens: maxOutputTokens, answers })
}

describe('worstCharge', () => {
  const withPrice = (more: Partial<Endpoint['price']>) => ({ ...cheap, price: { ...cheap.price, ...more } })

  it.each<[string, readonly Endpoint[], number | null, bigint, boolean]>([
    ['the prompt and the longest answer', [cheap], 10, 120_000_000n, true],
    ['the dearest candidate', [cheap, dear], 10, 340_000_000n, true],
    ['the prompt alone where nothing bounds the answer', [dear], null, 300_000_000n, false],
    ['nothing without candidates', [], 10, 0n, true],
    ['a prompt that is written to a cache', [withPrice({ cacheWrite: 5_000_000n })], 10, 520_000_000n, true],
    ['answers that are all reasoning', [withPrice({ reasoning: 9_000_000n })], 10, 190_000_000n, true],
    ['the fee of a request', [withPrice({ request: 7n })], 10, 120_000_007n, true],
    [
      'the price at the dearest time of day',
      [withPrice({ overrides: [{ amounts: { output: 6_000_000n } }] })],
      10,
      160_000_000n,
      true,
    ],
  ])('counts %s', (_what, endpoints, maxTokens, amount, isBound) => {
    expect(worst(endpoints, maxTokens)).toEqual({ amount, isBound })
  })

  it('counts every answer that was asked for', () => {
    expect(worst([cheap], 10, { answers: 128 }).amount).toBe(100_000_000n + 128n * 20_000_000n)
  })

  it('counts the markup of the key', () => {
    const caller = callerOf(keyOf('team-a', { markupBasisPoints: 1000 }))
    expect(worst([cheap], 10, { caller }).amount).toBe(132_000_000n)
  })
})
