import { describe, expect, it } from 'vitest'
import { createHealthBook, defaultHealthSettings, type HealthEvent } from '../../src/health/index.ts'
import { decide } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { decidingOn, providersOf, requestOf } from '../policy/ranking.ts'

const second = 1_000_000_000
const endpoints = ['a', 'b', 'c'].map((provider, index) => endpointOf({ provider, input: index + 1 }))

function orderAt(seconds: number, book: ReturnType<typeof createHealthBook>) {
  const nowNs = seconds * second
  const request = requestOf({ sort: 'price' })
  const health = (endpointId: string) => book.read({ endpointId, keyAliases: [], nowNs })
  return providersOf(decide(decidingOn(endpoints, { request, health, nowNs })).candidates)
}

const failed = (seconds: number): HealthEvent => ({
  beganNs: seconds * second,
  atNs: seconds * second,
  result: 'error',
  coolsDown: 'endpoint',
  keyAlias: 'K',
  retryAfterMs: null,
  ttftMs: null,
  tokensPerSecond: null,
})

describe('createHealthBook', () => {
  it('puts an endpoint last for 30 seconds after an error, and back when they are over (contract, section 11.2)', () => {
    const book = createHealthBook(defaultHealthSettings)
    expect(orderAt(100, book)).toEqual(['a', 'b', 'c'])
    book.note('a/one', failed(100))
    expect(orderAt(100, book)).toEqual(['b', 'c', 'a'])
    expect(orderAt(130, book)).toEqual(['b', 'c', 'a'])
    expect(orderAt(131, book)).toEqual(['a', 'b', 'c'])
  })

  it('lets an endpoint rest after three errors, and has it back as the last one when the rest is over', () => {
    const book = createHealthBook(defaultHealthSettings)
    for (let i = 0; i < 3; i++) book.note('a/one', failed(100))
    expect(orderAt(104.9, book)).toEqual(['b', 'c'])
    expect(orderAt(105, book)).toEqual(['b', 'c', 'a'])
  })

  it('knows nothing of an endpoint without attempts, and judges calls by endpoint', () => {
    const book = createHealthBook(defaultHealthSettings)
    book.judge('a/one', { tools: [], calls: [{ name: 'x', argumentsText: '{}' }], atNs: second })
    expect(book.windows('a/one', second).tool_calls_last_2h).toMatchObject({ requests: 1, unknown_name: 1 })
    expect(book.read({ endpointId: 'b/one', keyAliases: [], nowNs: second })).toMatchObject({
      toolCallRequests: 0,
      ttftMs: null,
      uptimePercent: null,
    })
  })
})
