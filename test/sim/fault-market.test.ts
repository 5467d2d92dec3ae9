import { request } from 'undici'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { createMarket } from '../../src/sim/market.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

const endpoint = endpointOf()
const other = endpointOf({ provider: 'groq' })
const catalog = catalogOf(endpoint, other)
const clock = createSystemClock()
const rng = createRng('regimes and changes')
const sim = await openSimulatedProviders({ catalog, clock, rng, port: 0, speed: 200, faults: [] })

afterEach(() => sim.reset({ faults: [], rng: null }))
afterAll(() => sim.close())

async function reset(body: object) {
  const answer = await request(`${sim.url}/control/reset`, { method: 'POST', body: JSON.stringify(body) })
  return { status: answer.statusCode, text: await answer.body.text() }
}

async function ask(provider: string, content = 'Hi') {
  const answer = await request(`${sim.url}/${provider}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer one' },
    body: JSON.stringify({ model: endpoint.upstreamModel, messages: [{ role: 'user', content }] }),
  })
  return { status: answer.statusCode, body: JSON.parse(await answer.body.text()) }
}

const always = { provider: 'deepinfra' }
const scripted = (regime: string) => ({
  ...always,
  course: { kind: 'script', steps: [{ atMs: 0, regime }] },
})

describe('regimes over HTTP', () => {
  it.each([
    ['healthy', 200],
    ['slow', 200],
    ['rate_limited', 429],
    ['erroring', 503],
  ])('%s answers %d, and says so in the stats', async (regime, status) => {
    expect((await reset({ regimes: [scripted(regime)] })).status).toBe(200)
    expect((await ask('deepinfra')).status).toBe(status)
    expect((await ask('groq')).status).toBe(200)
    const stats = await request(`${sim.url}/control/stats`)
    expect(await stats.body.json()).toMatchObject({
      regimes: [{ provider: 'deepinfra', model: null, regime }],
    })
  })

  it('down resets connections', async () => {
    await reset({ regimes: [scripted('down')] })
    await expect(ask('deepinfra')).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('gives way to a fault of the script', async () => {
    await reset({
      regimes: [scripted('rate_limited')],
      faults: [{ ...always, kind: 'status', status: 500 }],
    })
    expect((await ask('deepinfra')).status).toBe(500)
  })
})

describe('market changes over HTTP', () => {
  it('answers 404 in the shape of the provider for a model that is withdrawn, and lists it no more', async () => {
    await reset({ changes: [{ ...always, kind: 'withdrawn', atMs: 0 }] })
    const { status, body } = await ask('deepinfra')
    expect([status, body.error.code]).toEqual([404, 'model_not_found'])
    expect((await ask('groq')).status).toBe(200)
    const list = await request(`${sim.url}/deepinfra/v1/models`)
    expect(await list.body.json()).toMatchObject({ data: [] })
  })

  it('answers 400 beyond a reduced context', async () => {
    await reset({ changes: [{ ...always, kind: 'context', atMs: 0, contextTokens: 100 }] })
    const { status, body } = await ask('deepinfra', 'many words '.repeat(60))
    expect([status, body.error.code]).toEqual([400, 'context_length_exceeded'])
    expect(body.error.message).toContain('100 tokens')
    expect((await ask('groq', 'many words '.repeat(60))).status).toBe(200)
  })

  it('answers wrongly when a model is swapped for one without quality', async () => {
    await reset({ changes: [{ ...always, kind: 'swapped', atMs: 0, qualityFactor: 0, speedFactor: 0.5 }] })
    const { body } = await ask('deepinfra', 'Reply with exactly: forty-two')
    expect(body.choices[0].message.content).not.toBe('forty-two')
  })

  it.each([
    [
      'an unknown kind of fault',
      { faults: [{ ...always, kind: 'gremlins' }] },
      'unknown kind; the kinds are',
    ],
    ['an unknown kind of change', { changes: [{ ...always, kind: 'merger', atMs: 0 }] }, 'changes[0].kind'],
    ['an unknown regime', { regimes: [scripted('sleepy')] }, 'regimes[0].course.steps[0].regime'],
    [
      'a window that ends before it starts',
      { faults: [{ ...always, kind: 'outage', fromMs: 5, toMs: 4 }] },
      'toMs',
    ],
    [
      'a fault that is on for longer than its period',
      { faults: [{ ...always, kind: 'outage', flap: { periodMs: 1, onMs: 2 } }] },
      'onMs is longer',
    ],
    [
      'a drawn regime without a healthy time',
      { regimes: [{ ...always, course: { kind: 'drawn', meanMs: { down: 5 } } }] },
      'meanMs.healthy',
    ],
    ['a provider that nobody knows', { faults: [{ provider: 'acme', kind: 'outage' }] }, 'no provider acme'],
    [
      'a model that the provider does not serve',
      { regimes: [{ ...scripted('down'), model: 'a/b' }] },
      'deepinfra does not serve a/b',
    ],
    [
      'a price that is no amount',
      { changes: [{ ...always, kind: 'price', atMs: 0, input: 'cheap' }] },
      'USD per million',
    ],
  ])('refuses %s, says where, and goes on serving', async (...row) => {
    const [, body, message] = row
    const refused = await reset(body)
    expect(refused.status).toBe(400)
    expect(JSON.parse(refused.text).error.message).toContain(message)
    expect((await ask('deepinfra')).status).toBe(200)
    expect((await ask('groq')).status).toBe(200)
  })
})

describe('createMarket', () => {
  it('shows a changed price from its instant on, for the bill', () => {
    let nowNs = 0
    const still = { ...clock, monoNs: () => nowNs }
    const change = { ...always, model: null, atMs: 10, kind: 'price' as const }
    const market = createMarket({
      catalog,
      clock: still,
      rng,
      speed: 1,
      faults: [],
      changes: [{ ...change, input: 5n, output: null, cacheRead: null, cacheWrite: null }],
    })
    const priceNow = () => market.stall('deepinfra', endpoint.upstreamModel)?.endpoint.price.input
    expect(priceNow()).toBe(1n)
    nowNs = 10e6
    expect(priceNow()).toBe(5n)
  })

  it('multiplies speed by the factor of a swap', () => {
    const ttftMs = (speedFactor: number) => {
      const swap = { ...always, model: null, atMs: 0, kind: 'swapped' as const, qualityFactor: 1, overMs: 0 }
      const changes = [{ ...swap, speedFactor }]
      const market = createMarket({ catalog, clock, rng, speed: 1, faults: [], changes })
      const stall = market.stall('deepinfra', endpoint.upstreamModel)
      const wish = { kind: 'filler', tokens: 4 } as const
      if (!stall) throw new Error('not served')
      const prompt = stall.digest([{ text: 'Hi', isMarked: false }])
      const answer = stall.admit({ request: { prompt, maxTokens: null, wish }, keyId: 'k', drawId: 'd' })
      return answer.plan.kind === 'answer' ? answer.plan.headersAtMs : NaN
    }
    expect(ttftMs(0.5) / ttftMs(1)).toBeCloseTo(2)
  })
})
