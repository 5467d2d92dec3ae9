import { afterAll, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/core/index.ts'
import { play, type Played, type Target } from '../../src/replay/index.ts'
import type { Plan, PlannedRequest } from '../../src/scenario/index.ts'
import { createHttpPool } from '../../src/wire/index.ts'
import { createMemorySink } from '../support/memory-sink.ts'
import { chunkOf, openStream, startScriptedServer, usageChunk } from '../support/scripted-server.ts'

const pool = createHttpPool()
const clock = createSystemClock()
afterAll(() => pool.close())

function planned(index: number, more: Partial<PlannedRequest> = {}): PlannedRequest {
  return {
    index,
    itemId: `item-${index}`,
    arm: 'a',
    phase: 'measure',
    dueNs: index * 5e6,
    session: null,
    model: 'm',
    messages: [{ role: 'user', parts: [{ kind: 'text', text: `question ${index}` }] }],
    parameters: { max_tokens: 5 },
    stream: true,
    outputTokens: null,
    checks: [],
    tags: {},
    ...more,
  }
}

function planOf(requests: readonly PlannedRequest[], release: Plan['release'] = { kind: 'open' }): Plan {
  return { seed: '1', release, requests, hash: '' }
}

interface Options {
  readonly maxSpend?: bigint
  readonly maxSeconds?: number
  readonly signal?: AbortSignal
  readonly sendsRunHeaders?: boolean
}

async function playOn(url: string, plan: Plan, options: Options = {}) {
  const sink = createMemorySink()
  const target: Target = { name: 't', url, apiKey: null, sendsRunHeaders: options.sendsRunHeaders ?? false }
  const played: Played = await play({
    plan,
    runId: 'run-1',
    scenario: 'test',
    targets: new Map([
      ['a', target],
      ['b', target],
    ]),
    providerIdOf: name => name.toLowerCase(),
    deadlines: { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: 2000 },
    pool,
    clock,
    sink,
    signal: options.signal ?? new AbortController().signal,
    maxSpend: options.maxSpend ?? null,
    maxSeconds: options.maxSeconds ?? null,
  }).played
  return { played, records: sink.requests }
}

function answer(response: Parameters<typeof openStream>[0], cost = 0.25): void {
  const send = openStream(response)
  send(chunkOf({ content: 'ok' }))
  send(chunkOf({}, 'stop'))
  send(usageChunk(3, 1, { cost }))
  response.end('data: [DONE]\n\n')
}

describe('play', () => {
  it('sends every request of an open plan at its due time and records it once', async () => {
    await using server = await startScriptedServer(response => answer(response))
    const { played, records } = await playOn(
      server.url,
      planOf(Array.from({ length: 20 }, (_, i) => planned(i))),
    )
    expect(played.progress).toMatchObject({ planned: 20, sent: 20, outcomes: { ok: 20, error: 0 } })
    expect(new Set(records.map(record => record.request_id)).size).toBe(20)
    for (const record of records) {
      expect(record).toMatchObject({
        vantage: 'client',
        outcome: 'ok',
        input_tokens: 3,
        cost_usd: 250_000_000_000n,
      })
      expect(record.response_us).toBeGreaterThanOrEqual(record.latency_us)
    }
    const sentAt = records.toSorted((a, b) => Number(a.item_id.slice(5)) - Number(b.item_id.slice(5)))
    const span = (sentAt.at(-1)?.ts ?? 0) - (sentAt[0]?.ts ?? 0)
    expect(span).toBeGreaterThan(90_000)
  })

  it('never has more lanes in flight than a closed plan allows', async () => {
    let inFlight = 0
    let highest = 0
    await using server = await startScriptedServer(response => {
      highest = Math.max(highest, ++inFlight)
      setTimeout(() => {
        inFlight--
        answer(response)
      }, 8)
    })
    const requests = Array.from({ length: 15 }, (_, i) => planned(i, { dueNs: null }))
    const { played } = await playOn(server.url, planOf(requests, { kind: 'closed', concurrency: 3 }))
    expect(played.progress.outcomes.ok).toBe(15)
    expect(highest).toBe(3)
  })

  it('plays the turns of a session in order, each after the end of the turn before', async () => {
    const events: string[] = []
    await using server = await startScriptedServer((response, { body }) => {
      const turn = /question (\d)/.exec(body)?.[1]
      events.push(`begin ${turn}`)
      setTimeout(() => {
        events.push(`end ${turn}`)
        answer(response)
      }, 10)
    })
    const turns = [0, 1, 2].map(turn =>
      planned(turn, { dueNs: turn === 0 ? 0 : null, session: { id: 's', turn, thinkMs: 10 } }),
    )
    const { records } = await playOn(server.url, planOf(turns))
    expect(events).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2'])
    expect(records.map(record => [record.session_id, record.turn])).toEqual([
      ['s', 0],
      ['s', 1],
      ['s', 2],
    ])
  })

  it('stops sending when the told cost reaches the budget and says so', async () => {
    await using server = await startScriptedServer(response => answer(response))
    const requests = Array.from({ length: 30 }, (_, i) => planned(i, { dueNs: i * 10e6 }))
    const { played } = await playOn(server.url, planOf(requests), { maxSpend: 1_000_000_000_000n })
    expect(played.progress.sent).toBeLessThan(30)
    expect(played.progress.sent).toBeGreaterThanOrEqual(4)
    expect(played.validity.reasons).toContain('stopped by its budget before its plan was done')
  })

  it('cancels what is in flight when interrupted and still has a record of each', async () => {
    const controller = new AbortController()
    await using server = await startScriptedServer((_response, { body }) => {
      if (body.includes('question 2')) controller.abort()
    })
    const requests = Array.from({ length: 10 }, (_, i) => planned(i, { dueNs: i * 10e6 }))
    const { played, records } = await playOn(server.url, planOf(requests), { signal: controller.signal })
    expect(played.progress.sent).toBe(3)
    expect(records.map(record => [record.outcome, record.fault])).toEqual(
      Array.from({ length: 3 }, () => ['canceled', 'client']),
    )
    expect(played.validity.reasons).toContain('interrupted before its plan was done')
  })

  it('sends the same ids for the same run, and run headers only to a target that takes them', async () => {
    await using server = await startScriptedServer(response => answer(response))
    await playOn(server.url, planOf([planned(0)]), { sendsRunHeaders: true })
    await playOn(server.url, planOf([planned(0)]))
    const [withRun, without] = server.received.map(({ headers }) => headers)
    expect(withRun).toMatchObject({
      'x-routebench-run-id': 'run-1',
      'x-routebench-arm': 'a',
      'x-routebench-phase': 'measure',
    })
    expect(withRun?.['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(without?.['traceparent']).toBe(withRun?.['traceparent'])
    expect(Object.keys(without ?? {}).filter(name => name.startsWith('x-routebench'))).toEqual([])
  })

  it('carries item ids of any writing in its headers, percent-encoded', async () => {
    await using server = await startScriptedServer(response => answer(response))
    const item = planned(0, { itemId: 'Grüße 100%\n你好#2' })
    const { records } = await playOn(server.url, planOf([item]), { sendsRunHeaders: true })
    expect(records[0]).toMatchObject({ outcome: 'ok', item_id: item.itemId })
    expect(server.received[0]?.headers['x-routebench-item-id']).toBe(
      'Gr%C3%BC%C3%9Fe%20100%25%0A%E4%BD%A0%E5%A5%BD#2',
    )
  })

  it('takes a budget of time that is longer than any timer for no end', async () => {
    await using server = await startScriptedServer(response => answer(response))
    const plan = planOf([planned(0), planned(20)])
    const { played } = await playOn(server.url, plan, { maxSeconds: 1e10 })
    expect(played.conduct).toMatchObject({ sent: 2, stopped: null })
  })

  it.each([
    ['2', 2],
    ['many', 0],
    ['999', 255],
  ])('records what a target tells of its attempts, %s, as far as it is a count', async (told, attempts) => {
    await using server = await startScriptedServer(response => {
      response.setHeader('x-routebench-attempts', told)
      answer(response)
    })
    const { records } = await playOn(server.url, planOf([planned(0)]))
    expect(records[0]?.attempts).toBe(attempts)
  })

  it('records the failure of a target that is gone', async () => {
    const server = await startScriptedServer(() => undefined)
    await server[Symbol.asyncDispose]()
    const { records, played } = await playOn(server.url, planOf([planned(0)]))
    expect(played.progress.outcomes.error).toBe(1)
    expect(records[0]).toMatchObject({
      error_type: 'connection_refused',
      fault: 'network',
      http_status: 0,
      cost_usd: null,
      output_hash: 0n,
    })
  })
})
