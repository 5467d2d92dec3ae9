import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import { defaultPolicySettings, noAccessRules } from '../../src/policy/index.ts'
import { exclusionRules } from '../../src/policy/types.ts'
import { toldOfRules } from '../../src/router/excluded-by.ts'
import { noEndpoints } from '../../src/router/no-endpoints.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { answering, ask, bodyOf, openTestRouter, recordsOf } from './open-test-router.ts'

const tools = [{ type: 'function', function: { name: 'f' } }]
const image = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }]
const long = [{ role: 'user', content: 'x'.repeat(400_001) }]
const price = endpointOf({ provider: 'a' }).price
const account = (more: object) => ({ account: { ...noAccessRules, ...more } })
const hardTools = { policy: { ...defaultPolicySettings, toolsFilter: 'hard' } } as const
const providers = 'No allowed providers are available for the selected model.'
const parameters = 'No endpoints found that can handle the requested parameters.'

interface Row {
  readonly rule: string
  readonly body: object
  readonly more?: Partial<Endpoint>
  readonly settings?: object
  readonly excludedBy: string
  readonly field: string | null
  readonly start: string
  readonly code?: string
  readonly status?: number
}

const rows: readonly Row[] = [
  {
    rule: 'key_models',
    body: {},
    settings: account({ models: ['x/*'] }),
    excludedBy: 'allowed_models',
    field: 'key.models',
    start: 'No models match your request and model restrictions',
  },
  {
    rule: 'key_providers',
    body: {},
    settings: account({ only: ['x'] }),
    excludedBy: 'allowed_providers',
    field: 'key.providers',
    start: providers,
  },
  {
    rule: 'key_region',
    body: {},
    settings: account({ regions: ['eu'] }),
    excludedBy: 'data_region',
    field: 'key.regions',
    start: 'No endpoints found in',
    code: 'region_restricted',
    status: 403,
  },
  {
    rule: 'only',
    body: { provider: { only: ['x'] } },
    excludedBy: 'allowed_providers',
    field: 'provider.only',
    start: providers,
  },
  {
    rule: 'ignore',
    body: { provider: { ignore: ['a'] } },
    excludedBy: 'allowed_providers',
    field: 'provider.ignore',
    start: providers,
  },
  {
    rule: 'data_collection',
    body: { provider: { data_collection: 'deny' } },
    more: { dataPolicy: { trains: true, retains: true } },
    excludedBy: 'data_policy:training',
    field: 'provider.data_collection',
    start: 'No endpoints found matching your data policy (',
    code: 'privacy_restricted',
  },
  {
    rule: 'zdr',
    body: { provider: { zdr: true } },
    more: { dataPolicy: { trains: false, retains: true } },
    excludedBy: 'data_policy:zdr',
    field: 'provider.zdr',
    start: 'No endpoints found matching your data policy (',
    code: 'privacy_restricted',
  },
  {
    rule: 'distillable',
    body: { provider: { enforce_distillable_text: true } },
    more: { distillable: false },
    excludedBy: 'distillable',
    field: 'provider.enforce_distillable_text',
    start: 'No endpoints found that allow',
  },
  {
    rule: 'quantizations',
    body: { provider: { quantizations: ['bf16'] } },
    excludedBy: 'quantization',
    field: 'provider.quantizations',
    start: 'No endpoints found with',
  },
  {
    rule: 'max_price',
    body: { provider: { max_price: { prompt: '0.5' } } },
    excludedBy: 'max_price',
    field: 'provider.max_price',
    start: 'No endpoints found within',
  },
  {
    rule: 'max_price',
    body: { provider: { max_price: { image: 0 } } },
    more: { price: { ...price, image: 1n } },
    excludedBy: 'max_price',
    field: 'provider.max_price',
    start: 'No endpoints found within',
  },
  {
    rule: 'require_parameters',
    body: { min_p: 0.1, provider: { require_parameters: true } },
    excludedBy: 'require_parameters',
    field: 'provider.require_parameters',
    start: parameters,
  },
  {
    rule: 'tools',
    body: { tools },
    more: { supportedParameters: new Set() },
    settings: hardTools,
    excludedBy: 'require_parameters',
    field: 'tools',
    start: 'No endpoints found that support tool use.',
  },
  {
    rule: 'modality',
    body: { messages: image },
    excludedBy: 'modality',
    field: 'messages',
    start: 'No endpoints found that support image input.',
  },
  {
    rule: 'context_length',
    body: { messages: long },
    excludedBy: 'context_length',
    field: 'messages',
    start: "This endpoint's maximum context length is 100000 tokens.",
    status: 400,
  },
  {
    rule: 'max_tokens',
    body: { max_tokens: 10_001 },
    excludedBy: 'max_tokens',
    field: 'max_tokens',
    start: 'No endpoints found that support an answer',
    status: 400,
  },
  {
    rule: 'tier',
    body: {},
    more: { tag: 'a/flex', tier: 'flex' },
    excludedBy: 'service_tier',
    field: 'service_tier',
    start: 'No endpoints found in the requested service tier.',
  },
  {
    rule: 'order_closed',
    body: { provider: { order: ['x'], allow_fallbacks: false } },
    excludedBy: 'allowed_providers',
    field: 'provider.order',
    start: providers,
  },
]

describe('no endpoints', () => {
  it.each(rows)('because of $rule alone says so: $body', async row => {
    const { rule, body, more = {}, settings = {}, field, code = 'constraint_filtered', status = 404 } = row
    const endpoint = endpointOf({ provider: 'a', more })
    await using router = await openTestRouter([endpoint], { a: answering('No') }, { settings })
    const response = await router.post(ask(body))
    const { error } = await bodyOf(response)
    expect(response.status).toBe(status)
    expect(error.code).toBe(status)
    expect(error.message.startsWith(row.start)).toBe(true)
    expect(error.availability).toMatchObject({
      code,
      retryable: false,
      requested_models: ['acme/one'],
      affected_providers: [endpoint.tag],
      excluded_by: [row.excludedBy],
      constraint: { field, detail: expect.any(String) },
    })
    expect(error.metadata['excluded']).toEqual([{ endpoint: 'a/one', rule, detail: expect.any(String) }])
    expect(router.calls).toEqual([])
    expect((await recordsOf(router.sink)).requests[0]).toMatchObject({ outcome: 'error', attempts: 0 })
  })

  it('names models that would serve the request as it is', async () => {
    const trains = { dataPolicy: { trains: true, retains: true } }
    const endpoints = [
      endpointOf({ provider: 'a', more: trains }),
      endpointOf({ provider: 'a', model: 'acme/two', more: trains }),
      endpointOf({ provider: 'a', model: 'zeta/z' }),
      endpointOf({ provider: 'b', model: 'acme/three' }),
    ]
    await using router = await openTestRouter(endpoints, {})
    const { error } = await bodyOf(router.post(ask({ provider: { data_collection: 'deny' } })))
    expect(error.availability['fallback_models']).toEqual(['acme/three', 'zeta/z'])
  })
})

describe('toldOfRules', () => {
  it('has the order in which filters are applied', () => {
    expect(Object.keys(toldOfRules)).toEqual(exclusionRules)
  })
})

describe('noEndpoints', () => {
  const a = endpointOf({ provider: 'a' })
  const b = endpointOf({ provider: 'b' })
  const out = (endpoint: Endpoint, rule: Parameters<typeof noEndpoints>[1][number]['rule']) => ({
    endpoint,
    rule,
    detail: `because of ${rule}`,
  })

  it('tells of the filter that removed the last ones, and of every filter in the order they are applied', () => {
    const { message, availability } = noEndpoints(['acme/one'], [out(a, 'zdr'), out(b, 'only')])
    expect(message).toBe(
      'No endpoints found matching your data policy (zero data retention). A Cloud: because of zdr; B Cloud: because of only',
    )
    expect(availability).toMatchObject({
      code: 'privacy_restricted',
      excludedBy: ['allowed_providers', 'data_policy:zdr'],
      affectedProviders: ['a'],
      constraint: { field: 'provider.zdr', detail: 'because of zdr' },
    })
  })

  it('does not blame tiers that nobody asked for', () => {
    const { availability } = noEndpoints(['acme/one'], [out(a, 'tier'), out(b, 'max_price')])
    expect(availability?.constraint?.field).toBe('provider.max_price')
  })

  it('is about length only where nothing else stood in the way', () => {
    expect(noEndpoints(['m'], [out(a, 'context_length'), out(b, 'max_tokens')]).status).toBe(400)
    expect(noEndpoints(['m'], [out(a, 'context_length'), out(b, 'only')]).status).toBe(404)
  })

  it.each(['key_missing', 'wire_unsupported'] as const)('keeps the operator out of the message: %s', rule => {
    const { status, message, availability } = noEndpoints(['m', 'n'], [out(a, rule)])
    expect([status, message]).toEqual([404, `No endpoints found for m, n. A Cloud: because of ${rule}`])
    expect(availability).toMatchObject({ code: 'no_endpoints', excludedBy: [rule] })
    expect(availability?.constraint).toBeUndefined()
  })

  it('says that cool-downs pass, and when', () => {
    const error = noEndpoints(['m'], [out(a, 'cool_down')], { retryAfterMs: 1500 })
    expect(error).toMatchObject({
      status: 503,
      retryAfterMs: 1500,
      availability: { code: 'temporarily_unavailable' },
    })
  })

  it('speaks of a model that has no endpoints at all', () => {
    expect(noEndpoints(['m'], [])).toMatchObject({
      status: 404,
      message: 'No endpoints found for m.',
      availability: { code: 'no_endpoints', excludedBy: [] },
    })
  })
})

describe('availability of other errors', () => {
  const router = (
    scripts: Parameters<typeof openTestRouter>[1],
    more: Parameters<typeof openTestRouter>[2] = {},
  ) =>
    openTestRouter(
      [
        endpointOf({ provider: 'a' }),
        endpointOf({ provider: 'a', model: 'acme/one:free', input: 0 }),
        endpointOf({ provider: 'a', model: 'acme/two' }),
      ],
      scripts,
      more,
    )

  it.each([
    ['acme/on', 400, 'model_not_found', 'acme/on is not a valid model ID', ['acme/one']],
    ['acme/two:free', 404, 'free_variant_ended', 'No endpoints found for acme/two:free.', ['acme/two']],
  ])('for %s is %i %s', async (model, status, code, start, fallbacks) => {
    await using open = await router({})
    const response = await open.post(ask({ model }))
    const { error } = await bodyOf(response)
    expect(response.status).toBe(status)
    expect(error.message.startsWith(start)).toBe(true)
    expect(error.availability).toMatchObject({ code, requested_models: [model] })
    expect(error.availability['fallback_models']).toEqual(expect.arrayContaining(fallbacks))
  })

  it('refuses :online by name', async () => {
    await using open = await router({})
    const response = await open.post(ask({ model: 'acme/one:online' }))
    expect(response.status).toBe(400)
    expect((await bodyOf(response)).error.message).toContain('acme/one:online needs the web plugin')
  })

  it('says what is left of a pool when nothing is', async () => {
    await using open = await router({})
    const response = await open.post(ask({ model: 'openrouter/free', messages: image }))
    const { error } = await bodyOf(response)
    expect([response.status, error.message]).toEqual([
      404,
      'No models match your request and model restrictions',
    ])
    expect(error.availability).toMatchObject({ code: 'constraint_filtered', excluded_by: ['modality'] })
  })

  it.each([
    [429, 'capacity_exhausted'],
    [503, 'temporarily_unavailable'],
  ])('is retryable after a %i of all providers', async (status, code) => {
    const limited = (response: Parameters<ReturnType<typeof answering>>[0]) =>
      response.writeHead(status, { 'retry-after': '7' }).end('{"error":{"message":"later"}}')
    await using open = await router({ a: limited })
    const response = await open.post(ask())
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '7'])
    expect((await bodyOf(response)).error.availability).toMatchObject({
      code,
      retryable: true,
      retry_after: 7,
      requested_models: ['acme/one'],
      affected_providers: ['a'],
    })
  })

  it('is not given where trying again would not help', async () => {
    await using open = await router({ a: response => response.writeHead(500).end('{}') })
    expect((await bodyOf(open.post(ask()))).error.availability).toBeUndefined()
  })
})
