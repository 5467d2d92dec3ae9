import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { type FaultRule, faultFor } from '../../../src/sim/model/faults.ts'
import { endpointOf } from '../tiny-catalog.ts'

const rule: FaultRule = {
  provider: 'deepinfra',
  model: null,
  kind: 'status',
  status: 503,
  fromMs: 1000,
  toMs: 2000,
  ratio: 1,
  delayMs: 0,
}
const endpoint = endpointOf()
const rng = createRng('faults')

describe('faultFor', () => {
  it.each([
    ['before its window', {}, 999, false],
    ['at the start of its window', {}, 1000, true],
    ['at the end of its window', {}, 2000, false],
    ['ever after when it has no end', { toMs: null }, 1e9, true],
    ['another provider', { provider: 'groq' }, 1500, false],
    ['another model', { model: 'openai/gpt-5.5' }, 1500, false],
    ['its model', { model: endpoint.modelId }, 1500, true],
    ['nobody with a share of 0', { ratio: 0 }, 1500, false],
    ['the first part of a period when it flaps', { flap: { periodMs: 100, onMs: 30 } }, 1529, true],
    ['the rest of a period when it flaps', { flap: { periodMs: 100, onMs: 30 } }, 1530, false],
    ['its key', { keyNumber: 1 }, 1500, true],
    ['another key', { keyNumber: 2 }, 1500, false],
    ['a new connection when it hits used ones', { kind: 'keep_alive_reset' }, 1500, false],
  ] as const)('decides for %s', (...row) => {
    const [, changes, elapsedMs, isHit] = row
    const hit = faultFor([{ ...rule, ...changes }], { endpoint, elapsedMs, rng })
    expect(hit !== null).toBe(isHit)
  })

  it('takes the first rule that hits', () => {
    const rules = [{ ...rule, ratio: 0 }, { ...rule, status: 500 }, rule]
    expect(faultFor(rules, { endpoint, elapsedMs: 1500, rng })?.status).toBe(500)
  })

  it('hits its share of requests', () => {
    const hits = Array.from({ length: 5000 }, (_, at) =>
      faultFor([{ ...rule, ratio: 0.3 }], { endpoint, elapsedMs: 1500, rng: rng.fork(String(at)) }),
    ).filter(hit => hit !== null)
    expect(hits.length / 5000).toBeCloseTo(0.3, 1)
  })

  it('hits the same requests when a rule is added after it', () => {
    const some = { ...rule, ratio: 0.5 }
    const more = [some, { ...rule, ratio: 0.5, status: 500 }]
    for (let at = 0; at < 200; at++) {
      const request = { endpoint, elapsedMs: 1500, rng: rng.fork(String(at)) }
      if (faultFor([some], request)) expect(faultFor(more, request)?.status).toBe(503)
    }
  })
})
