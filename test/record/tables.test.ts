import { describe, expect, it } from 'vitest'
import {
  encodeAttempt,
  encodeEndpointState,
  encodeRequest,
  encodeRun,
  recordTables,
  schemaVersion,
} from '../../src/record/index.ts'
import * as names from '../../src/record/names.ts'
import { sampleAttempt, sampleRequest, sampleRun, sampleState } from './sample-records.ts'

const rows = [
  ['requests', recordTables.requests, encodeRequest(sampleRequest())],
  ['attempts', recordTables.attempts, encodeAttempt(sampleAttempt())],
  ['runs', recordTables.runs, encodeRun(sampleRun())],
  ['endpoint_states', recordTables.endpoint_states, encodeEndpointState(sampleState())],
] as const

describe.each(rows)('the row of %s', (_name, columns, row) => {
  it('is one line of JSON with every column, in the order of the table', () => {
    expect(row).not.toContain('\n')
    expect(Object.keys(JSON.parse(row))).toEqual(Object.keys(columns))
  })
})

describe.each(Object.entries(recordTables))('the columns of %s', (_name, columns) => {
  it('each have a type, a meaning in a sentence and the unit their name says', () => {
    for (const [name, column] of Object.entries(columns)) {
      expect(column.clickhouse, name).toMatch(/^[A-Z][A-Za-z0-9]+/)
      expect(column.meaning, name).toMatch(/^[A-Z].*\.$/)
      if (name.endsWith('_us')) expect(column.unit, name).toBe('µs')
      if (name.endsWith('_usd')) expect(column.unit, name).toBe('USD')
      if (name.endsWith('_tokens') && !name.startsWith('rl_')) expect(column.unit, name).toBe('tokens')
    }
  })

  it('hold money that may be unknown as nullable', () => {
    for (const [name, column] of Object.entries(columns)) {
      if (name.endsWith('_usd')) expect(column.clickhouse, name).toContain('Nullable(Decimal(18, 12))')
    }
  })

  it('have the version of the schema', () => {
    expect(Object.keys(columns)).toContain('schema_version')
  })
})

describe('encodeRequest', () => {
  it('writes money exactly, hashes whole and times in microseconds', () => {
    expect(JSON.parse(encodeRequest(sampleRequest({ cost_usd: 1n, wasted_usd: null })))).toMatchObject({
      ts: '2026-11-20 17:05:00.123456',
      cost_usd: '0.000000000001',
      wasted_usd: null,
      prompt_hash: '18446744073709551615',
      schema_version: schemaVersion,
    })
  })

  it('keeps text that JSON must escape', () => {
    const decision = '{"why":"a\nb \u2028"}'
    expect(JSON.parse(encodeRequest(sampleRequest({ decision }))).decision).toBe(decision)
  })
})

describe('requests and attempts', () => {
  it('share a column only with one type, unit and encoder', () => {
    const shared = Object.keys(recordTables.requests).filter(name => name in recordTables.attempts)
    expect(shared).toContain('trace_id')
    const attempts: Record<string, { clickhouse: string; unit: string }> = recordTables.attempts
    const requests: Record<string, { clickhouse: string; unit: string }> = recordTables.requests
    for (const name of shared) {
      expect([name, attempts[name]?.clickhouse]).toEqual([name, requests[name]?.clickhouse])
      expect([name, attempts[name]?.unit]).toEqual([name, requests[name]?.unit])
    }
  })
})

describe('the stored enumerations', () => {
  // Rows on disk hold these numbers: a name may be appended, never moved or removed.
  it.each([
    ['endpointStates', names.endpointStates, ['closed', 'half_open', 'open', 'cooling']],
    ['vantages', names.vantages, ['router', 'client']],
    ['phases', names.phases, ['live', 'warmup', 'measure', 'cooldown']],
    ['outcomes', names.outcomes, ['ok', 'error', 'canceled', 'truncated']],
    ['faults', names.faults, ['none', 'provider', 'rate_limit', 'network', 'client', 'policy', 'router']],
    ['fallbacks', names.fallbacks, ['none', 'provider', 'model']],
    ['stickyStates', names.stickyStates, ['none', 'new', 'kept', 'moved_fault', 'moved_policy', 'expired']],
    [
      'attemptKinds',
      names.attemptKinds,
      ['primary', 'retry', 'provider_fallback', 'model_fallback', 'hedge', 'probe'],
    ],
    ['breakerStates', names.breakerStates, ['closed', 'half_open', 'open']],
    ['usageSources', names.usageSources, ['none', 'provider', 'estimated']],
    ['costSources', names.costSources, ['none', 'provider', 'local']],
    ['runStatuses', names.runStatuses, ['running', 'done', 'failed', 'aborted']],
  ])('%s begin as they always did', (_name, stored, original) => {
    expect(stored.slice(0, original.length)).toEqual(original)
  })
})
