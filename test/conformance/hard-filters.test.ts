import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import { defaultPolicySettings, noAccessRules } from '../../src/policy/index.ts'
import { exclusionRules } from '../../src/policy/types.ts'
import { answering, ask, bodyOf, openTestRouter, recordsOf } from '../router/open-test-router.ts'
import { endpointOf } from '../support/endpoint-of.ts'

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

/** Rules that cannot be the only ones, each for its own reason. */
const neverAlone: ReadonlySet<string> = new Set([
  // Asked of some endpoint only while another one has it.
  'response_format',
  'verbosity',
  // Whatever rests serves as the last resort.
  'cool_down',
  'breaker_open',
])

describe('4. each hard filter alone', () => {
  it.each(rows)('$rule: $body', async row => {
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

  it('key_missing', async () => {
    const upstream = () => ({ baseUrl: 'http://127.0.0.1:9', keys: [] })
    await using router = await openTestRouter([endpointOf({ provider: 'a' })], {}, { upstream })
    const response = await router.post(ask())
    expect(response.status).toBe(404)
    expect((await bodyOf(response)).error.availability).toMatchObject({
      code: 'no_endpoints',
      excluded_by: ['key_missing'],
    })
  })

  it('leaves none out', () => {
    const tested = new Set([...rows.map(({ rule }) => rule), 'key_missing'])
    expect(exclusionRules.filter(rule => !tested.has(rule) && !neverAlone.has(rule))).toEqual([])
  })
})
