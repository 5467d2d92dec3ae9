import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/catalog/index.ts'
import { exclusionRules } from '../../src/policy/types.ts'
import { toldOfRules } from '../../src/router/excluded-by.ts'
import { noEndpoints } from '../../src/router/no-endpoints.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { ask, bodyOf, openTestRouter, type Script } from './open-test-router.ts'

const image = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }]

describe('no endpoints', () => {
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

  it.each(['key_missing'] as const)('keeps the operator out of the message: %s', rule => {
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
    const limited = (response: Parameters<Script>[0]) =>
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
