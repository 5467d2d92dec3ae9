import { describe, expect, it } from 'vitest'
import { probeJson, probeLine, skippedJson, skippedLine } from '../../../src/cli/watch/probe-lines.ts'
import type { ProbeResult } from '../../../src/cli/watch/send-probe.ts'

const result: ProbeResult = {
  endpointId: 'groq/llama',
  modelId: 'meta/llama',
  tick: 3,
  itemId: 'p1',
  requestId: 'r1',
  epochUs: Date.UTC(2026, 10, 20, 12, 0, 5) * 1000,
  outcome: 'ok',
  errorType: '',
  message: '',
  status: 200,
  latencyMs: 412.1234567,
  ttftMs: 8.04,
  cost: 1_500_000n,
}
const failed: ProbeResult = {
  ...result,
  outcome: 'error',
  errorType: 'provider_unavailable',
  message: `no\n${'x'.repeat(200)}`,
  status: 502,
  ttftMs: null,
  cost: null,
}
const state = {
  endpointId: 'groq/llama',
  modelId: 'meta/llama',
  state: 'closed',
  since: '',
  until: '',
  reason: '',
}
const open = { ...state, state: 'half_open', until: '2026-11-20T12:00:10.123Z', reason: '3 errors in a row' }

describe('probeLine', () => {
  it('says in a few words what a serving endpoint answered', () => {
    expect(probeLine({ result: failed, state }, 12)).toBe(
      `12:00:05  groq/llama    provider_unavailable (502)  after 412 ms  closed  no ${'x'.repeat(117)}…`,
    )
  })

  it.each([
    [{ result, state }, '12:00:05  groq/llama    ok    412 ms, first token 8.0 ms  closed'],
    [
      { result: failed, state: open },
      '12:00:05  groq/llama    provider_unavailable (502)  after 412 ms  half open until 12:00:10: 3 errors in a row',
    ],
    [
      { result: { ...failed, status: 0, errorType: 'network', message: 'gone' }, state: null },
      '12:00:05  groq/llama    network  after 412 ms  state unknown  gone',
    ],
  ])('says when, what, how long and in which state: %#', (told, line) => {
    expect(probeLine(told, 12)).toBe(line)
  })
})

describe('probeJson', () => {
  it('is one object a line, with null for what is not known', () => {
    expect(JSON.parse(probeJson({ result, state }))).toEqual({
      at: '2026-11-20T12:00:05.000Z',
      endpoint: 'groq/llama',
      model: 'meta/llama',
      tick: 3,
      outcome: 'ok',
      error_type: '',
      http_status: 200,
      latency_ms: 412.123,
      ttft_ms: 8.04,
      cost_usd: '0.0000015',
      state: 'closed',
      until: null,
      reason: '',
      prompt: 'p1',
      request_id: 'r1',
    })
    expect(JSON.parse(probeJson({ result: failed, state: null }))).toMatchObject({
      outcome: 'error',
      ttft_ms: null,
      cost_usd: null,
      state: null,
      reason: null,
    })
  })
})

describe('skippedLine and skippedJson', () => {
  it('tell of a tick that was passed over', () => {
    expect(skippedLine('groq/llama', result.epochUs, 12)).toBe(
      '12:00:05  groq/llama    skipped: the probe before is still under way',
    )
    expect(JSON.parse(skippedJson('groq/llama', result.epochUs, 4))).toEqual({
      at: '2026-11-20T12:00:05.000Z',
      endpoint: 'groq/llama',
      tick: 4,
      outcome: 'skipped',
    })
  })
})
