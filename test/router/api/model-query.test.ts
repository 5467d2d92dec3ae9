import { describe, expect, it } from 'vitest'
import { parseModelQuery } from '../../../src/router/api/model-query.ts'

const parse = (query: string) => parseModelQuery(new URLSearchParams(query))

describe('parseModelQuery', () => {
  it.each([
    ['', {}],
    ['q=&sort=&limit=', {}],
    ['offset=0&limit=1000', { offset: 0, limit: 1000 }],
    ['q=Llama 70B', { q: ['llama 70b'] }],
    ['supported_parameters=tools, seed', { supported_parameters: ['tools', 'seed'] }],
    ['output_modalities=all', { output_modalities: null }],
    ['input_modalities=text,image', { input_modalities: ['text', 'image'] }],
    ['min_price=0.5&max_output_price=3', { min_price: 500_000_000_000n, max_output_price: 3n * 10n ** 12n }],
    [
      'providers=DeepInfra,groq&model_authors=meta',
      { providers: ['deepinfra', 'groq'], model_authors: ['meta'] },
    ],
    ['zdr=true&region=eu&distillable=false', { zdr: 'true', region: 'eu', distillable: 'false' }],
    ['sort=latency-low-to-high&context=8000', { sort: 'latency-low-to-high', context: 8000 }],
  ])('reads %s', (query, expected) => {
    expect(parse(query)).toEqual({ ok: true, query: expected })
  })

  it.each([
    ['limit=0', 'limit: '],
    ['limit=1001', 'limit: '],
    ['offset=-1', 'offset: not a whole number'],
    ['max_price=cheap', 'max_price: not a price'],
    ['max_price=-1', 'max_price: not a price'],
    ['supported_parameters=telepathy', 'supported_parameters: no such parameter'],
    ['input_modalities=smell', 'input_modalities: no such modality'],
    ['zdr=false', 'zdr: '],
    ['region=mars', 'region: '],
    ['category=programming', 'category: the catalogue has no categories'],
    ['sort=most-popular', 'sort: this order needs popularity or benchmark scores'],
    ['min_coding_index=50', 'min_coding_index: the router has no benchmark scores'],
    ['use_rss=true', 'use_rss: there is no RSS feed'],
    ['colour=red', 'colour: no such query parameter'],
    ['q=a&q=b', 'q: given more than once'],
    ['limit=0&region=mars', 'region: '],
  ])('refuses %s and names the parameter', (query, problem) => {
    expect(parse(query)).toEqual({ ok: false, problem: expect.stringContaining(problem) })
  })
})
