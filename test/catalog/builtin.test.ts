import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { catalogJsonSchema, type Endpoint, parseCatalog, priceAt } from '../../src/catalog/index.ts'
import { formatUsd, type PicoUsd, parseUsd } from '../../src/core/index.ts'

const root = new URL('../../', import.meta.url)
const names = ['catalog/models.yaml', 'catalog/providers.yaml']
const files = names.map(name => ({ name, text: readFileSync(new URL(name, root), 'utf8') }))
const parsed = parseCatalog({ files })
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2))
const { models, providers, endpoints } = parsed.catalog

/** USD per million tokens, as people quote prices. */
function quoted(amount: PicoUsd | null): string {
  return amount === null ? '-' : formatUsd(amount * 1_000_000n)
}

function hosts(id: string): number {
  return models.get(id)?.endpoints.length ?? 0
}

function quote({ price }: Endpoint): string {
  const { input, output, cacheRead, cacheWrite, cacheWrite1h = null } = price
  return [input, output, cacheRead, cacheWrite, cacheWrite1h].map(quoted).join(' ')
}

/** The price for a prompt of so many tokens. */
function quoteAt(id: string, promptTokens: number): string {
  const price = endpoints.get(id)?.price
  if (!price) return 'unknown endpoint'
  const { input, output, cacheRead } = priceAt(price, { promptTokens, epochUs: 0 })
  return [input, output, cacheRead].map(quoted).join(' ')
}

describe('the built-in catalogue', () => {
  it('has at least 30 models with at least 200 endpoints', () => {
    expect(models.size).toBeGreaterThanOrEqual(30)
    expect(endpoints.size).toBeGreaterThanOrEqual(200)
  })

  it('is counted right in docs/catalog.md', () => {
    const page = readFileSync(new URL('docs/catalog.md', root), 'utf8')
    expect(page).toContain(`(${providers.size} hosts)`)
    expect(page).toContain(`(${models.size} models, ${endpoints.size} endpoints)`)
    const tiered = [...endpoints.values()].filter(({ price }) => price.overrides !== undefined)
    expect(page).toContain(`${tiered.length} endpoints cost more for long prompts`)
  })

  it.each([
    ['deepseek/deepseek-v4-pro', '0.435 0.87 0.003625 - -'],
    ['anthropic/claude-sonnet-4.6', '3 15 0.3 3.75 6'],
    ['anthropic/claude-opus-4.8', '5 25 0.5 6.25 10'],
    ['anthropic/claude-haiku-4.5', '1 5 0.1 1.25 2'],
    ['openai/gpt-4o-mini', '0.15 0.6 0.075 - -'],
    ['openai/gpt-5.5', '5 30 0.5 - -'],
    ['google-ai-studio/gemini-2.5-flash', '0.3 2.5 0.03 - -'],
    ['google-vertex/gemini-2.5-flash', '0.3 2.5 0.075 0.383 -'],
    ['cerebras/gpt-oss-120b', '0.35 0.75 - - -'],
    ['groq/llama-3.3-70b-instruct', '0.59 0.79 - - -'],
    ['nebius/llama-3.3-70b-instruct', '0.13 0.4 0.013 0.16 -'],
    ['moonshotai/kimi-k2.6', '0.95 4 0.16 - -'],
    ['z-ai/glm-5.2', '1.4 4.4 0.26 - -'],
    ['openai/flex/gpt-5.5', '2.5 15 0.25 - -'],
    ['openai/priority/gpt-5.5', '10 60 1 - -'],
    ['amazon-bedrock/eu/claude-opus-4.8', '5.5 27.5 0.55 6.875 11'],
    ['nvidia/gpt-oss-20b:free', '0 0 - - -'],
  ])('prices %s at %s (input, output, cache read, write for 5 minutes, for an hour)', (id, prices) => {
    const endpoint = endpoints.get(id)
    expect(endpoint && quote(endpoint)).toBe(prices)
  })

  it('gives every price its source and date', () => {
    const versions = [...endpoints.values()].map(({ price }) => price.version)
    expect(versions.filter(version => !/^[\w.]+@\d{4}-\d{2}-\d{2}$/.test(version))).toEqual([])
  })

  it.each([
    ['openai/gpt-5.5', 272_000, '5 30 0.5', '10 45 1'],
    ['azure/gpt-5.4', 272_000, '2.5 15 0.25', '5 22.5 0.5'],
    ['google-vertex/claude-sonnet-4.6', 200_000, '3 15 0.3', '6 22.5 0.6'],
    ['google-ai-studio/gemini-2.5-pro', 200_000, '1.25 10 0.125', '2.5 15 0.25'],
    ['xai/grok-4.3', 200_000, '1.25 2.5 0.2', '2.5 5 0.4'],
  ])('knows that %s costs more beyond %s tokens', (...[id, threshold, below, beyond]) => {
    expect([quoteAt(id, threshold), quoteAt(id, threshold + 1)]).toEqual([below, beyond])
  })

  it('prices writes for an hour at twice the input wherever Claude is cached', () => {
    const odd = [...endpoints.values()].filter(
      ({ modelId, price: { input, cacheWrite, cacheWrite1h } }) =>
        modelId.startsWith('anthropic/') && cacheWrite !== null && cacheWrite1h !== 2n * input,
    )
    expect(odd.map(({ id }) => id)).toEqual([])
  })

  it('has free variants as models of their own, with the limits of accounts without credits', () => {
    const free = [...models.values()].filter(({ id }) => id.endsWith(':free'))
    expect(free.length).toBeGreaterThanOrEqual(4)
    for (const { price, rateLimits } of free.flatMap(model => model.endpoints)) {
      expect([price.input, price.output, price.request]).toEqual([0n, 0n, 0n])
      expect(rateLimits).toMatchObject({ requestsPerMinute: 20, requestsPerDay: 50 })
    }
  })

  it('has tiers and regions under tags of their own', () => {
    const tags = [...endpoints.values()].map(({ tag, tier, region }) => [tag, tier, region])
    expect(tags).toContainEqual(['openai/flex', 'flex', null])
    expect(tags).toContainEqual(['openai/priority', 'priority', null])
    expect(tags).toContainEqual(['azure/eu', 'default', 'eu'])
    expect(tags).toContainEqual(['amazon-bedrock/us', 'default', 'us'])
  })

  it('says when each model came out', () => {
    expect([...models.values()].filter(({ created }) => created === null)).toEqual([])
  })

  it('lets answers of models with open weights train other models, and of no closed one', () => {
    const allowed = new Set([...endpoints.values()].filter(e => e.distillable).map(e => e.modelId))
    expect(allowed).toContain('openai/gpt-oss-120b')
    expect([...allowed].filter(id => /gpt-[45]|claude|gemini|grok/.test(id))).toEqual([])
  })

  it('has prices above zero, and reads that cost less than input', () => {
    const odd = [...endpoints.values()].filter(
      ({ modelId, price }) =>
        (price.input <= 0n && !modelId.endsWith(':free')) ||
        (price.output <= 0n && !modelId.endsWith(':free')) ||
        (price.cacheRead !== null && price.cacheRead >= price.input),
    )
    expect(odd.map(({ id }) => id)).toEqual([])
  })

  it('has many hosts where routing is interesting', () => {
    expect(hosts('meta-llama/llama-3.3-70b-instruct')).toBeGreaterThanOrEqual(8)
    expect(hosts('openai/gpt-oss-120b')).toBeGreaterThanOrEqual(20)
    expect(hosts('anthropic/claude-sonnet-4.6')).toBe(5)
  })

  it('uses every provider', () => {
    const used = new Set([...endpoints.values()].map(({ provider }) => provider.id))
    expect([...providers.keys()].filter(id => !used.has(id))).toEqual([])
  })

  it.each([
    ['anthropic/claude-sonnet-4.6', { mode: 'explicit', minTokens: 1024, ttlSeconds: 300 }],
    ['azure/claude-haiku-4.5', { mode: 'explicit', minTokens: 4096, ttlSeconds: 300 }],
    ['openai/gpt-4o', { mode: 'implicit', minTokens: 1024, blockTokens: 128 }],
    ['google-vertex/gemini-2.5-pro', { mode: 'implicit', minTokens: 4096 }],
    ['deepseek/deepseek-v4-flash', { mode: 'implicit', minTokens: 64, blockTokens: 64 }],
    ['cerebras/gpt-oss-120b', { mode: 'none' }],
  ])('knows how %s caches', (id, cache) => {
    expect(endpoints.get(id)?.cache).toMatchObject(cache)
  })

  it('speaks the Anthropic protocol to hosts of Claude that offer it', () => {
    const wires = models
      .get('anthropic/claude-sonnet-4.6')
      ?.endpoints.map(({ provider }) => `${provider.id} ${provider.wire}`)
    expect(wires).toEqual([
      'anthropic anthropic',
      'amazon-bedrock anthropic',
      'azure anthropic',
      'gmicloud openai',
      'google-vertex anthropic',
    ])
  })
})

describe('catalogJsonSchema', () => {
  const schema = catalogJsonSchema()

  it('is what schema/catalog.schema.json holds (docs/catalog.md says how to write it anew)', () => {
    expect(JSON.parse(readFileSync(new URL('schema/catalog.schema.json', root), 'utf8'))).toEqual(schema)
  })

  it.each(files)('accepts $name as editors read it', ({ text }) => {
    const validate = new Ajv2020({ strict: false }).compile(schema)
    validate(parse(text))
    expect(validate.errors).toBeNull()
  })
})

const table = new URL('../shared/data/prices/multi_provider_table.json', root)
/** Aggregators and resellers; and a second listing of the hosts of Claude at Google. */
const skipped = new Set([
  'cortecs',
  'nearai',
  'openrouter',
  'synthetic',
  'venice',
  'vercel',
  'google-vertex-anthropic',
])
const slugs: Readonly<Record<string, string>> = {
  'cloudflare-workers-ai': 'cloudflare',
  'fireworks-ai': 'fireworks',
  google: 'google-ai-studio',
  'novita-ai': 'novita',
  togetherai: 'together',
  zai: 'z-ai',
}

const amount = z.number().nullish()
const tableSchema = z.array(
  z.object({
    provider: z.string(),
    provider_model_id: z.string(),
    input: amount,
    output: amount,
    cache_read: amount,
    cache_write: amount,
    context: z.number(),
    max_output: z.number(),
  }),
)

/** A cache price of zero in the source stands for "not known", see docs/catalog.md. */
function listed(value: number | null | undefined): PicoUsd | null {
  return value ? (parseUsd(String(value)) ?? -1n) / 1_000_000n : null
}

describe.skipIf(!existsSync(table))(
  'the built-in catalogue against ../shared/data (skipped where that is absent)',
  () => {
    const rows = existsSync(table)
      ? tableSchema.parse(JSON.parse(readFileSync(table, 'utf8'))).filter(row => !skipped.has(row.provider))
      : []
    const known = [...endpoints.values()]

    it('agrees with every direct host of the table', () => {
      const wrong = rows.filter(row => {
        const provider = slugs[row.provider] ?? row.provider
        return !known.some(
          ({ provider: { id }, upstreamModel, price, contextTokens, maxOutputTokens }) =>
            id === provider &&
            upstreamModel === row.provider_model_id &&
            price.input === listed(row.input) &&
            price.output === listed(row.output) &&
            price.cacheRead === listed(row.cache_read) &&
            price.cacheWrite === listed(row.cache_write) &&
            contextTokens === row.context &&
            maxOutputTokens === row.max_output,
        )
      })
      expect(rows.length).toBeGreaterThan(190)
      expect(wrong.map(row => `${row.provider} ${row.provider_model_id}`)).toEqual([])
    })
  },
)
