import { describe, expect, it } from 'vitest'
import { noRoutingTables } from '../../src/policy/index.ts'
import { answering, ask, bodyOf, openTestRouter, recordsOf } from './open-test-router.ts'
import { taggedPool } from './tagged-pool.ts'

describe('service tiers', () => {
  it.each([
    ['priority', { service_tier: 'fast' }, 'open/priority', 'priority'],
    ['the default tier', {}, 'cheap', undefined],
    ['the default tier, asked for by name', { service_tier: 'default' }, 'cheap', 'default'],
    ['the default tier, where flex is not offered', { service_tier: 'flex' }, 'cheap', undefined],
  ])('send %s upstream as what it is', async (_name, more, model, tier) => {
    const scripts = { open: answering('Hi'), cheap: answering('Hi') }
    await using router = await openTestRouter(taggedPool, scripts)
    expect((await router.post(ask(more))).status).toBe(200)
    expect(router.calls.map(({ body }) => [body['model'], body['service_tier']])).toEqual([[model, tier]])
  })
})

describe('task rules', () => {
  const rule = {
    name: 'fast classification',
    when: { task: ['classification'], latencyBudgetMs: 500, models: [] },
    models: [],
    provider: { order: ['open'] },
  }
  const settings = { tables: { ...noRoutingTables, rules: [rule] } }
  const scripts = { open: answering('Hi'), cheap: answering('Hi') }

  it('send requests tagged classification with a budget of 500 ms to the fast host', async () => {
    await using router = await openTestRouter(taggedPool, scripts, { settings })
    const hurry = { 'x-routebench-task': 'classification', 'x-routebench-latency-budget-ms': '500' }
    expect((await bodyOf(router.post(ask(), hurry))).provider).toBe('Open Cloud')
    expect((await bodyOf(router.post(ask()))).provider).toBe('Cheap Cloud')
    const { requests } = await recordsOf(router.sink, 2)
    expect(requests.map(({ task }) => task)).toEqual(['classification', ''])
    expect(JSON.parse(requests[0]?.decision ?? '{}')).toMatchObject({ rule: 'fast classification' })
  })
})
