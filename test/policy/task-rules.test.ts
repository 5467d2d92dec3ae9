import { describe, expect, it } from 'vitest'
import type { TaskRule } from '../../src/policy/index.ts'
import { matchRule, withRule } from '../../src/policy/task-rules.ts'

const ruleOf = (name: string, when: Partial<TaskRule['when']>, more: Partial<TaskRule> = {}): TaskRule => ({
  name,
  when: { task: [], latencyBudgetMs: null, models: [], ...when },
  models: [],
  provider: {},
  ...more,
})

describe('matchRule', () => {
  const rules = [
    ruleOf('fast classification', { task: ['classif*'], latencyBudgetMs: 500 }),
    ruleOf('classification', { task: ['classif*'] }),
    ruleOf('small models', { models: ['*-mini'] }),
    ruleOf('hurry', { latencyBudgetMs: 100 }),
  ]
  it.each([
    ['classification', 500, ['a/b'], 'fast classification'],
    ['classification', 501, ['a/b'], 'classification'],
    ['classification', null, ['a/b'], 'classification'],
    ['', 50, ['a/b'], 'hurry'],
    ['', null, ['a/b', 'openai/gpt-5-mini'], 'small models'],
    ['', null, ['a/b'], null],
    ['summary', 5000, ['a/b'], null],
  ])('for task %j, budget %j and models %j finds %j', (task, latencyBudgetMs, models, name) => {
    expect(matchRule(rules, { task, latencyBudgetMs, models })?.name ?? null).toBe(name)
  })

  it('takes the first of two that match', () => {
    const [a, b] = [ruleOf('a', {}), ruleOf('b', {})]
    expect(matchRule([a, b], { task: '', latencyBudgetMs: null, models: [] })).toBe(a)
  })
})

describe('withRule', () => {
  const rule = ruleOf('r', {}, { provider: { order: ['fast'], zdr: true } })
  it.each([
    [undefined, ['m'], { order: ['fast'], zdr: true }],
    [null, ['m'], { order: ['fast'], zdr: true }],
    [{ order: null, zdr: false }, ['m'], { order: ['fast'], zdr: false }],
    [{ order: ['mine'] }, ['m'], { order: ['mine'], zdr: true }],
    [{ sort: 'price' }, ['m'], { sort: 'price', zdr: true }],
    [{ only: ['mine'] }, ['m'], { order: ['fast'], only: ['mine'], zdr: true }],
    [{}, ['m:nitro'], { zdr: true }],
    [{}, ['m:free'], { order: ['fast'], zdr: true }],
    ['text', ['m'], 'text'],
  ])('makes of provider %j for %j: %j', (provider, models, expected) => {
    expect(withRule(provider, rule, models)).toEqual(expected)
  })

  it('changes nothing without a rule', () => {
    const provider = { order: null }
    expect(withRule(provider, null, [])).toBe(provider)
  })
})
