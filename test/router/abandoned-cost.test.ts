import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../src/wire/index.ts'
import { abandonedReason, isAbandoned } from '../../src/router/abandoned-cost.ts'

type Ended = Pick<Exchange, 'status' | 'outcome' | 'deadline'>

const canceled = (status: number): Ended => ({ status, outcome: { kind: 'canceled' }, deadline: null })
const late = (deadline: Exchange['deadline']): Ended => ({
  status: 0,
  outcome: { kind: 'error', fault: 'provider', errorType: 'timeout_headers', message: '' },
  deadline,
})

describe('isAbandoned', () => {
  it.each<[string, Ended, boolean]>([
    ['a cancellation', canceled(0), true],
    ['a deadline', late('headers'), true],
    ['the deadline of the request', late('request'), true],
    ['a connection that did not come about', late('connect'), false],
    ['a failure of the provider', late(null), false],
    ['success', { status: 200, outcome: { kind: 'ok' }, deadline: null }, false],
  ])('says of %s: %s', (_name, exchange, expected) => {
    expect(isAbandoned(exchange)).toBe(expected)
  })
})

describe('abandonedReason', () => {
  it.each([
    ['a stream before it began, where canceling stops', true, 0, false, null],
    ['a stream that had begun, where canceling stops', true, 200, false, 'canceled_midway'],
    ['a stream before it began, where all is billed', true, 0, true, 'canceled_in_full'],
    ['a stream that had begun, where all is billed', true, 200, true, 'canceled_in_full'],
    ['an answer that is not streamed', false, 0, false, 'canceled_in_full'],
  ] as const)('of %s', (_name, stream, status, billsCanceled, reason) => {
    expect(abandonedReason({ provider: { billsCanceled }, exchange: canceled(status), stream })).toBe(reason)
  })
})
