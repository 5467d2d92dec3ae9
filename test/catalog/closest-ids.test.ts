import { describe, expect, it } from 'vitest'
import { closestIds } from '../../src/catalog/index.ts'
import { catalogOf, sample } from './sample.ts'

const entry = sample.slice(sample.indexOf('  - id: meta/llama'))
const ids = [
  'openai/gpt-4o',
  'openai/gpt-4o-mini',
  'anthropic/claude-sonnet-4.6',
  'meta-llama/llama-3.3-70b-instruct',
]
const catalog = catalogOf(sample, `${head()}${ids.map(id => entry.replace('meta/llama', id)).join('')}`)

function head(): string {
  return 'version: 1\ncatalog: more\ndate: 2026-11-20\nprices: { source: x, date: 2026-01-01 }\nmodels:\n'
}

describe('closestIds', () => {
  it.each([
    ['gpt-4o-mini', 'openai/gpt-4o-mini'],
    ['openai/gpt4o-mini', 'openai/gpt-4o-mini'],
    ['OpenAI/GPT-4o', 'openai/gpt-4o'],
    ['anthropic/claude-sonnet-4-6', 'anthropic/claude-sonnet-4.6'],
    ['llama-3.3-70b', 'meta-llama/llama-3.3-70b-instruct'],
    ['meta/llama-3.3-70b-instruct', 'meta-llama/llama-3.3-70b-instruct'],
  ])('finds what %j means', (id, meant) => {
    expect(closestIds(catalog, id)[0]).toBe(meant)
  })

  it.each(['', '/', 'nothing-like-it-at-all', 'zzz'])('suggests nothing for %j', id => {
    expect(closestIds(catalog, id)).toEqual([])
  })

  it('gives at most as many as asked for', () => {
    expect(closestIds(catalog, 'gpt-4o', 1)).toEqual(['openai/gpt-4o'])
  })
})
