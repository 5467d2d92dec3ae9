import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allowsModel,
  allowsProvider,
  allowsRegion,
  combineAccessRules,
} from '../../src/policy/access-rules.ts'
import { type AccessRules, noAccessRules } from '../../src/policy/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'

const rulesOf = (more: Partial<AccessRules>): AccessRules => ({ ...noAccessRules, ...more })

describe('combineAccessRules', () => {
  it.each([
    [null, null, 'openai/gpt-5', true],
    [['openai/*'], null, 'openai/gpt-5', true],
    [null, ['openai/*'], 'acme/one', false],
    [['openai/*'], ['*mini*'], 'openai/gpt-5-mini', true],
    [['openai/*'], ['*mini*'], 'openai/gpt-5', false],
    [['openai/*'], ['*mini*'], 'acme/mini', false],
    [['openai/*'], [], 'openai/gpt-5', false],
    [['a/*'], ['b/*'], 'b/x', false],
  ])(
    'with models %j of the account and %j of the key lets %s pass: %s',
    (account, key, modelId, expected) => {
      const rules = combineAccessRules(rulesOf({ models: account }), rulesOf({ models: key }))
      expect(allowsModel(rules, modelId)).toBe(expected)
    },
  )

  const flex = endpointOf({ provider: 'open', more: { tag: 'open/flex', tier: 'flex' } })
  const turbo = endpointOf({ provider: 'infra', more: { tag: 'infra/turbo' } })
  it.each([
    [{}, {}, flex, true],
    [{ only: ['open'] }, {}, flex, true],
    [{ only: ['open'] }, { only: ['infra'] }, flex, false],
    [{ only: ['Open Cloud'] }, { only: ['open/flex'] }, flex, false],
    [{ only: ['open cloud'] }, { only: ['open/flex'] }, flex, true],
    [{ only: ['infra'] }, { only: ['infra/turbo'] }, turbo, true],
    [{ only: ['infra'] }, { ignore: ['infra/turbo'] }, turbo, false],
    [{ ignore: ['open'] }, { only: ['open'] }, flex, false],
    [{ ignore: ['x'] }, { ignore: ['open'] }, flex, false],
  ])('with %j and %j lets the provider pass: %#', (account, key, endpoint, expected) => {
    const rules = combineAccessRules(rulesOf(account), rulesOf(key))
    expect(allowsProvider(rules, endpoint)).toBe(expected)
  })

  it.each([
    [null, ['eu'], 'eu-west-1', true],
    [['eu', 'us'], ['eu'], 'us-east5', false],
    [['eu'], ['eu-west-1'], 'eu-west-1', true],
    [['eu'], ['us'], 'eu-west-1', false],
    [['eu'], null, null, false],
    [null, null, null, true],
  ])('with regions %j and %j lets %s pass: %s', (account, key, region, expected) => {
    const rules = combineAccessRules(rulesOf({ regions: account }), rulesOf({ regions: key }))
    expect(allowsRegion(rules, { region })).toBe(expected)
  })

  it('adds up what either forbids', () => {
    const account = rulesOf({ ignore: ['a', 'b'], denyRetention: true })
    const key = rulesOf({ ignore: ['b', 'c'], denyDataCollection: true })
    expect(combineAccessRules(account, key)).toEqual({
      ...noAccessRules,
      ignore: ['a', 'b', 'c'],
      denyDataCollection: true,
      denyRetention: true,
    })
  })

  it('never lets pass what one of the two does not', () => {
    const globs = fc.option(fc.array(fc.constantFrom('*', 'a/*', '*/x', 'b/y'), { maxLength: 3 }))
    const models = fc.constantFrom('a/x', 'a/y', 'b/x', 'b/y')
    fc.assert(
      fc.property(globs, globs, models, (account, key, modelId) => {
        const [one, other] = [rulesOf({ models: account }), rulesOf({ models: key })]
        const both = allowsModel(one, modelId) && allowsModel(other, modelId)
        expect(allowsModel(combineAccessRules(one, other), modelId)).toBe(both)
      }),
    )
  })
})
