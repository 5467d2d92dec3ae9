import { describe, expect, it } from 'vitest'
import type { Endpoint, Model } from '../../../src/catalog/index.ts'
import { parseModelQuery } from '../../../src/router/api/model-query.ts'
import { type Medians, selectModels } from '../../../src/router/api/select-models.ts'
import { catalogOf, endpointOf, type EndpointSpec } from '../../support/endpoint-of.ts'

const keeping = { trains: false, retains: true }

/** A model `author/slug` with one endpoint of provider `slug`. */
function model(id: string, spec: Partial<EndpointSpec> = {}, more: Partial<Model> = {}): Model {
  const endpoints = [endpointOf({ provider: id.split('/')[1] ?? '', model: id, ...spec })]
  const [made] = catalogOf(endpoints).models.values()
  if (!made) throw new Error('no model')
  return { ...made, ...more }
}

const models = [
  model('acme/cheap', { input: 1, output: 2, more: { region: 'us-east5' } }, { created: '2026-01-01' }),
  model('acme/dear', { input: 9, output: 9, more: { dataPolicy: keeping } }, { contextTokens: 200_000 }),
  model(
    'meta/eyes',
    { input: 2, output: 2, parameters: ['seed'], more: { region: 'europe-west4', distillable: false } },
    { inputModalities: ['text', 'image'], created: '2026-11-10', tokenizer: 'Llama3', name: 'Eyes: See' },
  ),
  model('meta/painter', { input: 3, output: 3 }, { outputModalities: ['image'] }),
]

const medians: Readonly<Record<string, Medians>> = {
  'cheap/cheap': { latencyMs: 300, tokensPerSecond: 20 },
  'eyes/eyes': { latencyMs: 100, tokensPerSecond: 10 },
}
const mediansOf = ({ id }: Endpoint) => medians[id] ?? { latencyMs: null, tokensPerSecond: null }
const nowMs = Date.parse('2026-11-20')

function select(query: string): readonly string[] {
  const parsed = parseModelQuery(new URLSearchParams(query))
  if (!parsed.ok) throw new Error(parsed.problem)
  return selectModels(models, parsed.query, { mediansOf, nowMs }).map(({ id }) => id.split('/')[1] ?? '')
}

describe('selectModels', () => {
  it.each([
    ['', 'cheap dear eyes'],
    ['output_modalities=all', 'cheap dear eyes painter'],
    ['output_modalities=image,audio', 'painter'],
    ['input_modalities=image', 'eyes'],
    ['q=META see', 'eyes'],
    ['q=nothing', ''],
    ['supported_parameters=seed', 'cheap dear eyes'],
    ['supported_parameters=seed,tools', 'cheap dear'],
    ['context=150000', 'dear'],
    ['max_price=2', 'cheap eyes'],
    ['min_price=2&max_price=8', 'eyes'],
    ['min_output_price=3', 'dear'],
    ['model_authors=Meta', 'eyes'],
    ['arch=llama3', 'eyes'],
    ['providers=dear,Eyes Cloud', 'dear eyes'],
    ['zdr=true', 'cheap eyes'],
    ['region=us', 'cheap'],
    ['region=eu', 'eyes'],
    ['region=eu&supported_parameters=tools', ''],
    ['distillable=true', 'cheap dear'],
    ['distillable=false', 'eyes'],
    ['max_age_days=30', 'eyes'],
    ['min_age_days=30', 'cheap'],
  ])('keeps with %s: %s', (query, expected) => {
    expect(select(query).join(' ')).toBe(expected)
  })

  it.each([
    ['pricing-low-to-high', 'cheap eyes dear'],
    ['pricing-high-to-low', 'dear eyes cheap'],
    ['context-high-to-low', 'dear cheap eyes'],
    ['newest', 'eyes cheap dear'],
    ['throughput-high-to-low', 'cheap eyes dear'],
    ['latency-low-to-high', 'eyes cheap dear'],
  ])('sorts %s, with what has no measure last: %s', (sort, expected) => {
    expect(select(`sort=${sort}`).join(' ')).toBe(expected)
  })

  it('shows the cheapest endpoint of the default tier', () => {
    const flex = endpointOf({ provider: 'f', model: 'acme/cheap', input: 0.1, more: { tier: 'flex' } })
    const usual = endpointOf({ provider: 'u', model: 'acme/cheap', input: 1 })
    const tiered = [...catalogOf([flex, usual]).models.values()]
    const parsed = parseModelQuery(new URLSearchParams('max_price=0.5'))
    expect(parsed.ok && selectModels(tiered, parsed.query, { mediansOf, nowMs })).toEqual([])
  })
})
