import { describe, expect, it } from 'vitest'
import { createChecks } from '../../src/replay/checks.ts'
import type { Check } from '../../src/scenario/index.ts'

const city = { type: 'object', required: ['city'], properties: { city: { type: 'string' } } }

describe('createChecks', () => {
  const applyChecks = (checks: readonly Check[], text: string) => createChecks(checks)(checks, text)
  const rows: readonly (readonly [string, Check, string, boolean])[] = [
    ['the exact text, whatever the space around it', { kind: 'exact', value: 'yes' }, ' yes\n', true],
    ['another text', { kind: 'exact', value: 'yes' }, 'Yes', false],
    ['a part', { kind: 'contains', value: 'Paris' }, 'It is Paris.', true],
    ['a missing part', { kind: 'contains', value: 'Paris' }, 'It is Rome.', false],
    ['a pattern with flags', { kind: 'regex', pattern: '^par', flags: 'i' }, 'Paris', true],
    ['a pattern that does not match', { kind: 'regex', pattern: '^par', flags: '' }, 'Paris', false],
    ['JSON that fits', { kind: 'json_schema', schema: city }, '{"city":"Rome"}', true],
    ['JSON that does not fit', { kind: 'json_schema', schema: city }, '{"town":"Rome"}', false],
    ['text that is no JSON', { kind: 'json_schema', schema: city }, 'Rome', false],
  ]
  it.each(rows)('judges %s', (_name, check, text, passes) => {
    expect(applyChecks([check], text)).toEqual({
      total: 1,
      failed: passes ? 0 : 1,
      firstFailed: passes ? '' : `${check.kind}#0`,
    })
  })

  it('counts all failures and names the first', () => {
    const checks: Check[] = [
      { kind: 'contains', value: 'a' },
      { kind: 'contains', value: 'x' },
      { kind: 'exact', value: 'y' },
    ]
    expect(applyChecks(checks, 'a')).toEqual({ total: 3, failed: 2, firstFailed: 'contains#1' })
  })

  it('tells schemas apart that share an $id, and takes formats as notes', () => {
    const schemas = ['string', 'number'].map(type => ({ $id: 'answer', type, format: 'made-up' }))
    const checks = schemas.map(schema => ({ kind: 'json_schema', schema }) as const)
    expect(applyChecks(checks, '"text"')).toEqual({ total: 2, failed: 1, firstFailed: 'json_schema#1' })
    expect(applyChecks(checks, '7')).toEqual({ total: 2, failed: 1, firstFailed: 'json_schema#0' })
  })
})
