import { describe, expect, it } from 'vitest'
import { upstreamFields } from '../../src/router/upstream-fields.ts'
import { endpointOf } from '../support/endpoint-of.ts'

const plain = endpointOf({ provider: 'a', parameters: ['temperature'] })
const flex = { ...plain, tier: 'flex' } as const

describe('upstreamFields', () => {
  it('drops parameters that the endpoint does not support, and names them', () => {
    const { fields, dropped } = upstreamFields({ temperature: 1, seed: 2, max_tokens: 3, extra: 4 }, plain)
    expect(fields).toEqual({ temperature: 1, max_tokens: 3, extra: 4 })
    expect(dropped).toEqual(['seed'])
  })

  it('hashes the id of the end user', () => {
    const { fields } = upstreamFields({ user: 'alice' }, plain)
    expect(fields['user']).toMatch(/^[0-9a-f]{1,16}$/)
  })

  it.each([
    [{ service_tier: 'flex' }, plain, {}, ['service_tier']],
    [{ service_tier: 'priority' }, plain, {}, ['service_tier']],
    [{ service_tier: 'default' }, plain, { service_tier: 'default' }, []],
    [{ service_tier: 'flex' }, flex, { service_tier: 'flex' }, []],
    [{}, flex, { service_tier: 'flex' }, []],
  ])('asks for the tier that the endpoint is: %j', (body, endpoint, fields, dropped) => {
    expect(upstreamFields(body, endpoint)).toEqual({ fields, dropped })
  })
})
