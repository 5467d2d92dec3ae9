import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { noAccessRules, noRoutingTables, type TaskRule } from '../../src/policy/index.ts'
import { type ChatRequestOptions, parseChatRequest } from '../../src/router/chat-request.ts'
import { catalogOf, endpointOf } from '../support/endpoint-of.ts'
import { ask } from './open-test-router.ts'

const catalog = catalogOf([
  endpointOf({ provider: 'a' }),
  endpointOf({ provider: 'b', model: 'acme/two' }),
  endpointOf({ provider: 'b', model: 'acme/two:free' }),
])

function parse(body: object, more: Partial<ChatRequestOptions> = {}) {
  return parseChatRequest(Buffer.from(JSON.stringify(body)), {
    catalog,
    tables: noRoutingTables,
    rules: noAccessRules,
    rng: createRng('test'),
    ...more,
  })
}

function accepted(more: object, options: Partial<ChatRequestOptions> = {}) {
  const result = parse(ask(more), options)
  if (!result.ok) throw new Error(result.error.message)
  return result.request
}

function problem(more: object, options: Partial<ChatRequestOptions> = {}): string {
  const result = parse(ask(more), options)
  return result.ok ? 'accepted' : `${result.error.status} ${result.error.message}`
}

const parts = (...list: object[]) => ({ messages: [{ role: 'user', content: list }] })
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']))

describe('parseChatRequest', () => {
  it.each([
    [{ temperature: 'hot' }, 'temperature: '],
    [{ top_p: [] }, 'top_p: '],
    [{ seed: '1' }, 'seed: '],
    [{ stop: 1 }, 'stop: expected text or a list of texts'],
    [{ stop: [1] }, 'stop: expected text or a list of texts'],
    [{ max_tokens: 0 }, 'max_tokens: '],
    [{ max_completion_tokens: 1.5 }, 'max_completion_tokens: '],
    [{ tools: 'all' }, 'tools: '],
    [{ tools: [1] }, 'tools.0: '],
    [{ tool_choice: 1 }, 'tool_choice: expected a word or an object'],
    [{ response_format: 'json' }, 'response_format: '],
    [{ response_format: {} }, 'response_format.type: '],
    [{ stream_options: true }, 'stream_options: '],
    [{ reasoning: 'high' }, 'reasoning: '],
    [{ logit_bias: [] }, 'logit_bias: '],
    [{ parallel_tool_calls: 1 }, 'parallel_tool_calls: '],
    [{ messages: [{ role: 'user', content: 1 }] }, 'messages.0.content: expected text or a list of parts'],
    [
      { messages: [{ role: 'user', content: ['x'] }] },
      'messages.0.content: expected text or a list of parts',
    ],
    [{ models: 'acme/two' }, 'models: '],
    [{ models: [''] }, 'models.0: '],
    [{ route: 'best' }, 'route: '],
    [{ session_id: 's'.repeat(257) }, 'session_id: '],
    [{ user: 'u'.repeat(129) }, 'user: '],
    [{ user: 7 }, 'user: '],
    [{ metadata: 'x' }, 'metadata: '],
    [{ metadata: { a: 1 } }, 'metadata.a: '],
    [{ metadata: { a: 'v'.repeat(513) } }, 'metadata.a: '],
    [{ metadata: { ['k'.repeat(65)]: 'v' } }, `metadata.${'k'.repeat(65)}: `],
    [{ metadata: pairs(17) }, 'metadata: more than 16 pairs'],
    [{ metadata: { latency_budget_ms: 'soon' } }, 'metadata.latency_budget_ms: expected milliseconds'],
    [{ metadata: { latency_budget_ms: '-1' } }, 'metadata.latency_budget_ms: expected milliseconds'],
    [{ trace: 't' }, 'trace: '],
    [{ debug: true }, 'debug: '],
    [{ service_tier: 'gold' }, 'service_tier: '],
    [{ provider: { sort: 'speed' } }, 'provider.sort: '],
    [{ plugins: [{ id: 'auto-router', cost_tier: 'free' }] }, 'plugins.0.cost_tier: '],
    [
      {
        plugins: [
          { id: 'web', enabled: false },
          { id: 'auto-router', allowed_models: 'x' },
        ],
      },
      'plugins.1.allowed_models: ',
    ],
  ])('refuses %j and names the field', (more, start) => {
    expect(problem(more).startsWith(`400 ${start}`) ? start : problem(more)).toBe(start)
  })

  it.each([
    { metadata: pairs(16) },
    { metadata: { ['k'.repeat(64)]: 'v'.repeat(512) } },
    { user: 'u'.repeat(128) },
    { trace: { trace_id: 't', anything: [1] } },
    { stop: 'x' },
    { stop: ['x'] },
    { tool_choice: 'none' },
    { tool_choice: { type: 'function' } },
    { messages: [{ role: 'assistant', content: null, tool_calls: [] }] },
    { messages: [{ role: 'assistant' }] },
    { unknown_field: { deep: [1] } },
    { temperature: null, tools: null, service_tier: null, metadata: null, provider: null, models: null },
  ])('accepts %j', more => {
    expect(problem(more)).toBe('accepted')
  })

  it('takes as many models as it is told', () => {
    const models = Array.from({ length: 9 }, () => 'acme/two')
    expect(problem({ models })).toBe('400 models: more than 8 items')
    expect(problem({ models }, { maxModels: 9 })).toBe('accepted')
    expect(problem({ models: ['acme/two'] }, { maxModels: 0 })).toBe('400 models: more than 0 items')
  })

  it('names candidates in order, and each once', () => {
    const { requestedModels, route } = accepted({ models: ['acme/two:nitro', 'acme/one'] })
    expect(requestedModels).toEqual(['acme/one', 'acme/two:nitro'])
    expect(route.models.map(({ modelId, variant }) => [modelId, variant])).toEqual([
      ['acme/one', null],
      ['acme/two', 'nitro'],
    ])
  })

  it.each([
    ['auto', null],
    ['scale', null],
    ['default', 'default'],
    ['flex', 'flex'],
    ['priority', 'priority'],
    ['fast', 'priority'],
    [null, null],
  ])('takes service_tier %s for %s', (tier, expected) => {
    expect(accepted({ service_tier: tier }).route.tier).toBe(expected)
  })

  it.each([
    [{ route: 'fallback' }, 'model'],
    [{ route: 'sort' }, 'none'],
    [{ route: 'sort', provider: { sort: 'price' } }, 'none'],
    [{ route: 'sort', provider: { sort: { by: 'price' } } }, 'none'],
    [{ route: 'sort', provider: { sort: { by: 'price', partition: 'model' } } }, 'model'],
    [{ route: 'fallback', provider: { sort: { partition: 'none' } } }, 'none'],
    [{}, 'model'],
  ])('takes the older route of %j for partition %s', (more, expected) => {
    expect(accepted(more).route.preferences.partition).toBe(expected)
  })

  it.each([
    [parts({ type: 'text', text: 'x' }), []],
    [parts({ type: 'image_url' }, { type: 'image_url' }), ['image']],
    [parts({ type: 'file' }, { type: 'input_audio' }, { type: 'video_url' }), ['file', 'audio', 'video']],
    [{}, []],
  ])('finds the kinds of input of %j', (more, expected) => {
    expect(accepted(more).route.modalities).toEqual(expected)
  })

  it.each([
    [{ tools: [], response_format: { type: 'text' }, seed: 1, stop: null }, ['seed']],
    [{ tools: [{}], response_format: { type: 'json_object' } }, ['tools', 'response_format']],
    [{ max_tokens: 5, verbosity: 'low' }, ['verbosity']],
  ])('finds what endpoints have to support for %j', (more, expected) => {
    expect(accepted(more).route.parameters).toEqual(expected)
  })

  it('names what has no effect', () => {
    const request = accepted({
      models: ['acme/one:free'],
      provider: { x: 1 },
      debug: { echo_upstream_body: true },
    })
    expect(request.route.preferences.ignoredFields).toEqual(['x', 'models.acme/one:free', 'debug'])
  })

  it('narrows openrouter/auto by its plugin, unless that is switched off', () => {
    const plugin = { id: 'auto-router', allowed_models: ['*/two'] }
    const models = (more: object) =>
      accepted({ model: 'openrouter/auto', ...more }).route.models.map(m => m.modelId)
    expect(models({ plugins: [plugin] })).toEqual(['acme/two'])
    expect(models({ plugins: [{ ...plugin, enabled: false }] })).toEqual(['acme/one', 'acme/two'])
    expect(problem({ model: 'openrouter/auto', plugins: [{ ...plugin, allowed_models: ['x'] }] })).toBe(
      '404 No models match your request and model restrictions',
    )
  })
})

describe('parseChatRequest, task rules', () => {
  const rule: TaskRule = {
    name: 'fast classification',
    when: { task: ['classification'], latencyBudgetMs: 500, models: [] },
    models: ['acme/two:nitro'],
    provider: { only: ['b'], zdr: true },
  }
  const tables = { ...noRoutingTables, rules: [rule] }
  const headers = { 'x-routebench-task': 'classification', 'x-routebench-latency-budget-ms': '500' }
  const metadata = { task: 'classification', latency_budget_ms: '500' }

  it.each([
    ['headers', {}, { headers }],
    ['metadata', { metadata }, {}],
    ['headers before metadata', { metadata: { task: 'x', latency_budget_ms: '9000' } }, { headers }],
  ])('apply by %s', (_name, more, options) => {
    const { task, route, requestedModels } = accepted(more, { tables, ...options })
    expect([task, route.rule, requestedModels]).toEqual(['classification', rule.name, ['acme/one']])
    expect(route.models).toEqual([
      { modelId: 'acme/two', requested: 'acme/one', via: 'rule', variant: 'nitro' },
    ])
    expect(route.preferences).toMatchObject({ only: ['b'], denyRetention: true })
  })

  it.each([
    ['another task', { metadata: { ...metadata, task: 'summary' } }],
    ['more time', { metadata: { ...metadata, latency_budget_ms: '501' } }],
    ['no budget', { metadata: { task: 'classification' } }],
    ['nothing', {}],
  ])('do not apply with %s', (_name, more) => {
    const { route } = accepted(more, { tables })
    expect([route.rule, route.models[0]?.modelId, route.preferences.only]).toEqual([null, 'acme/one', []])
  })

  it('leave what the request says alone', () => {
    const { route } = accepted({ metadata, provider: { only: ['a', 'b'], zdr: false } }, { tables })
    expect(route.preferences).toMatchObject({ only: ['a', 'b'], denyRetention: false })
  })

  it('name the header with a budget that makes no sense', () => {
    const options = { tables, headers: { 'x-routebench-latency-budget-ms': 'soon' } }
    expect(problem({}, options)).toBe(
      '400 x-routebench-latency-budget-ms: expected milliseconds, such as 500',
    )
  })
})
