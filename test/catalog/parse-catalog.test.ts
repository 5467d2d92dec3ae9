import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCatalog } from '../../src/catalog/index.ts'
import { formatProblem, formatUsd } from '../../src/core/index.ts'
import { catalogOf, edited, fileOf, problemsOf, sample } from './sample.ts'

const mistakes: readonly (readonly [place: string, from: string, to: string])[] = [
  ['9:1 yaml-syntax', '    api_key_env: DEEPINFRA_API_KEY', '\tapi_key_env: X'],
  ['3:1 duplicate-key', 'date: 2026-11-20', 'catalog: again'],
  ['1:1 missing-key', 'date: 2026-11-20\n', ''],
  ['1:10 unknown-value', 'version: 1', 'version: 2'],
  ['3:7 bad-date', 'date: 2026-11-20', 'date: 2026-02-30'],
  ['3:7 bad-date', 'date: 2026-11-20', 'date: 20.11.2026'],
  ['2:10 bad-id', 'catalog: sample', 'catalog: my prices'],
  ['4:19 bad-id', 'source: models.dev', 'source: a@b'],
  ['4:1 unknown-key', 'prices:', 'price:'],
  ['6:9 bad-id', 'id: deepinfra', 'id: Deep Infra'],
  ['6:5 missing-key', '    name: DeepInfra\n', ''],
  ['7:11 bad-text', 'name: DeepInfra', 'name: ""'],
  ['8:22 bad-url', 'https://api.deepinfra.com/v1/openai', 'https://api.deepinfra.com/'],
  ['8:22 bad-url', 'https://api.deepinfra.com/v1/openai', 'ftp://api.deepinfra.com'],
  ['8:22 bad-url', 'https://api.deepinfra.com/v1/openai', 'https://user:pass@api.deepinfra.com'],
  ['6:5 missing-key', 'wires: { openai: https://api.deepinfra.com/v1/openai }', 'wires: {}'],
  ['8:14 unknown-key', '{ openai:', '{ opnai: https://x.example, openai:'],
  ['9:18 bad-variable', 'DEEPINFRA_API_KEY', 'sk-live-1234'],
  ['11:28 unknown-value', 'trains: false', 'trains: never'],
  ['12:21 wrong-type', 'bills_canceled: false', 'bills_canceled: [false]'],
  ['13:9 duplicate-id', 'id: azure', 'id: deepinfra'],
  ['23:9 bad-id', 'id: meta/llama', 'id: llama'],
  ['23:5 missing-key', '    tokenizer: llama3\n', ''],
  ['25:14 bad-count', 'context: 131072', 'context: 0'],
  ['25:14 bad-count', 'context: 131072', 'context: 128k'],
  ['26:17 bad-count', 'max_output: 16384', 'max_output: 1.5'],
  ['26:17 bad-count', 'max_output: 16384', 'max_output: 99999999999999999999'],
  ['28:18 unknown-value', '[text]', '[smell]'],
  ['29:16 unknown-parameter', '[sampling,', '[samplin,'],
  ['29:15 wrong-type', '[sampling, tools, seed]', 'sampling'],
  ['23:5 no-endpoints', sample.slice(sample.indexOf('    endpoints:')), '    endpoints: []\n'],
  ['30:16 wrong-type', sample.slice(sample.indexOf('endpoints:')), 'endpoints: none\n'],
  ['31:21 unknown-provider', 'provider: deepinfra', 'provider: deepinfa'],
  ['32:9 duplicate-id', 'provider: azure', 'provider: deepinfra'],
  ['31:60 bad-price', 'input: 0.1', 'input: -0.1'],
  ['31:60 bad-price', 'input: 0.1', 'input: free'],
  ['31:60 bad-price', 'input: 0.1', 'input: 0.1.2'],
  ['31:60 bad-price', 'input: 0.1', 'input: 0.1234567'],
  ['31:60 bad-price', 'input: 0.1', 'input: ""'],
  ['31:60 bad-price', 'input: 0.1', 'input: null'],
  ['31:60 wrong-type', 'input: 0.1', 'input: [1]'],
  ['31:9 missing-key', 'input: 0.1, ', ''],
  ['31:88 bad-price', 'quantization: fp8', 'request: -1'],
  ['31:93 unknown-quantization', 'fp8 }', 'fp7 }'],
  ['31:79 unknown-key', 'quantization:', 'quantisation:'],
  ['32:9 missing-key', 'upstream: llama, ', ''],
  ['32:100 unknown-wire', 'context: 8000', 'wire: soap'],
  ['31:85 unknown-wire', 'quantization: fp8', 'wire: gemini'],
  ['31:94 bad-count', 'quantization: fp8', 'limits: { rpm: 0 }'],
  ['31:94 unknown-value', 'quantization: fp8', 'cache: { mode: magic }'],
  ['31:86 missing-key', 'quantization: fp8', 'cache: { mode: implicit, min_tokens: 1, block_tokens: 1 }'],
  ['31:100 unknown-key', 'quantization: fp8', 'cache: { mode: none, ttl: 1 }'],
  ['31:90 bad-price', 'quantization: fp8', 'reasoning: -1'],
  ['31:86 bad-price', 'quantization: fp8', 'image: 0.0000000000001'],
  ['31:89 bad-share', 'quantization: fp8', 'discount: 1.1'],
  ['31:89 bad-share', 'quantization: fp8', 'discount: 10%'],
  ['31:60 bad-price', 'quantization: fp8', 'discount: 0.000001'],
  ['31:84 bad-tag', 'quantization: fp8', 'tag: azure/eu'],
  ['31:84 bad-id', 'quantization: fp8', 'tag: DeepInfra'],
  ['31:84 bad-tag', 'quantization: fp8', 'tag: deepinfra-eu'],
  ['31:85 unknown-value', 'quantization: fp8', 'tier: fast'],
  ['31:92 unknown-value', 'quantization: fp8', 'distillable: perhaps'],
  ['31:92 unknown-value', 'quantization: fp8', 'modalities: [smell]'],
  ['31:89 bad-url', 'quantization: fp8', 'base_url: ftp://x'],
  ['25:14 bad-date', 'context: 131072', 'created: yesterday\n    context: 131072'],
  ['32:9 duplicate-id', 'provider: azure', 'provider: deepinfra, tag: deepinfra'],
]

/** The first message about the sample with one piece replaced. */
function messageOf(from: string, to: string): string | undefined {
  const parsed = parseCatalog({ files: [fileOf(edited(from, to))] })
  return parsed.ok ? undefined : parsed.problems[0]?.message
}

/** A later file. */
function overlay(body: string): string {
  return `version: 1\ncatalog: mine\ndate: 2026-11-21\n${body}`
}

describe('parseCatalog', () => {
  it('reads a valid file', () => {
    const catalog = catalogOf(sample)
    expect(catalog.version).toBe('sample@2026-11-20')
    expect(catalog.endpoints.get('azure/llama')).toEqual({
      id: 'azure/llama',
      provider: {
        id: 'azure',
        name: 'Azure',
        wire: 'openai',
        baseUrl: `https://\${RESOURCE}.example.com/openai/v1`,
        apiKeyEnv: 'AZURE_API_KEY',
        headquarters: 'unknown',
        dataPolicy: { trains: true, retains: true },
        billsCanceled: true,
      },
      tag: 'azure',
      region: null,
      tier: 'default',
      distillable: false,
      inputModalities: ['text'],
      modelId: 'meta/llama',
      upstreamModel: 'llama',
      quantization: 'unknown',
      contextTokens: 8000,
      maxOutputTokens: 16384,
      price: {
        input: 710_000n,
        output: 710_000n,
        cacheRead: 3625n,
        cacheWrite: null,
        request: 0n,
        version: 'models.dev@2026-07-02',
      },
      supportedParameters: new Set([
        'max_tokens',
        'temperature',
        'top_p',
        'stop',
        'tools',
        'tool_choice',
        'seed',
      ]),
      dataPolicy: { trains: true, retains: true },
      rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
      cache: { mode: 'implicit', minTokens: 1024, blockTokens: 64, ttlSeconds: 300 },
    })
  })

  it('assumes no cache where cached tokens have no price', () => {
    expect(catalogOf(sample).endpoints.get('deepinfra/llama')?.cache.mode).toBe('none')
  })

  it('takes the cache of the endpoint over that of the model, and that over the assumption', () => {
    const cacheRow = 'cache: { mode: explicit, min_tokens: 2, block_tokens: 3, ttl_seconds: 4 }'
    const explicit = { mode: 'explicit', minTokens: 2, blockTokens: 3, ttlSeconds: 4 }
    const ofModel = catalogOf(edited('tokenizer: llama3', `tokenizer: llama3\n    ${cacheRow}`))
    const ofEndpoint = catalogOf(edited('context: 8000', cacheRow))
    const off = catalogOf(edited('context: 8000', 'cache: { mode: none }'))
    expect(ofModel.endpoints.get('azure/llama')?.cache).toEqual(explicit)
    expect(ofModel.endpoints.get('deepinfra/llama')?.cache.mode).toBe('none')
    expect(ofEndpoint.endpoints.get('azure/llama')?.cache).toEqual(explicit)
    expect(off.endpoints.get('azure/llama')?.cache.mode).toBe('none')
  })

  it('takes what an endpoint says over what its model, provider and file say', () => {
    const row =
      'wire: anthropic, max_output: 7, limits: { tpm: 9 }, request: 0.01, supports: [min_p], data_policy: { trains: false, retains: unknown }, source: contract, date: 2026-01-31'
    const endpoint = catalogOf(edited('context: 8000', row)).endpoints.get('azure/llama')
    expect(endpoint).toMatchObject({
      provider: { id: 'azure', wire: 'anthropic', baseUrl: `https://\${RESOURCE}.example.com/anthropic/v1` },
      contextTokens: 131_072,
      maxOutputTokens: 7,
      rateLimits: { requestsPerMinute: null, tokensPerMinute: 9 },
      price: { request: 10_000_000_000n, version: 'contract@2026-01-31' },
      supportedParameters: new Set(['max_tokens', 'min_p']),
      dataPolicy: { trains: false, retains: true },
    })
  })

  it.each(mistakes)('says %s for %j → %j', (place, from, to) => {
    expect(problemsOf(edited(from, to))).toContain(place)
  })

  it.each([
    'not a mapping',
    '- 1',
    '',
    'a: *nowhere',
    '{',
    'a: &a [*a]',
    'providers: 3\nmodels: { a: 1 }',
    'models: [1, { endpoints: [2] }]',
    '? [a]\n: b',
  ])('has problems, and no exception, for %j', text => {
    expect(problemsOf(text)).not.toEqual([])
  })

  it('reports every problem of every file at once, in order of place', () => {
    const first = edited('input: 0.1', 'input: x')
      .replace('trains: false', 'trains: 1')
      .replace('azure', 'deepinfra')
    const parsed = parseCatalog({ files: [fileOf(first, 'a.yaml'), fileOf('version: 3', 'b.yaml')] })
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([
      'a.yaml:11:28 unknown-value: providers[0].data_policy.trains: "1" is not known; known here: true, false, unknown',
      'a.yaml:13:9 duplicate-id: "deepinfra" is in this file already',
      'a.yaml:31:60 bad-price: models[0].endpoints[0].input: "x" is no amount of USD; leave the key out when there is no price',
      'a.yaml:32:21 unknown-provider: provider "azure" is in no file; known here: deepinfra',
      'b.yaml:1:1 missing-key: "catalog" is missing',
      'b.yaml:1:1 missing-key: "date" is missing',
      'b.yaml:1:10 unknown-value: version: "3" is not known; known here: 1',
    ])
  })

  it('suggests the word that was meant', () => {
    expect(messageOf('provider: deepinfra', 'provider: deepinfa')).toMatch('did you mean "deepinfra"?')
    expect(messageOf('quantization:', 'quantisation:')).toMatch('did you mean "quantization"?')
    expect(messageOf('[sampling,', '[samplin,')).toMatch('did you mean "sampling"?')
  })

  it('wants source and date of each price', () => {
    const bare = sample.replace(/^prices.*\n/m, '')
    expect(problemsOf(bare)).toEqual(['30:9 price-unsourced', '31:9 price-unsourced'])
    const one = bare.replace('quantization: fp8', 'source: mine, date: 2026-01-01')
    expect(problemsOf(one)).toEqual(['31:9 price-unsourced'])
  })

  it('says nothing about missing providers when a file could not be read', () => {
    const [providers = '', models = ''] = sample.split(/^(?=models:)/m)
    const head = sample.slice(0, sample.indexOf('providers:'))
    expect(problemsOf(`${providers}: [`, head + models)).toEqual([expect.stringContaining('yaml-syntax')])
    expect(problemsOf(providers, head + models)).toEqual([])
    expect(problemsOf(head + models)).toEqual(['14:21 unknown-provider', '15:21 unknown-provider'])
  })

  it('reads any price of up to six places exactly', () => {
    const micros = fc.bigInt({ min: 0n, max: 10n ** 15n })
    fc.assert(
      fc.property(micros, amount => {
        const text = formatUsd(amount * 1_000_000n)
        const price = catalogOf(edited('input: 0.1', `input: ${text}`)).endpoints.get(
          'deepinfra/llama',
        )?.price
        expect(price?.input).toBe(amount)
      }),
      { numRuns: 25 },
    )
  })

  it('never throws, however a file is damaged', () => {
    const place = fc.nat(sample.length)
    const junk = fc.constantFrom(
      '',
      ' ',
      '\n',
      '\t',
      '{',
      '[',
      ':',
      '- ',
      '&a ',
      '*a',
      '"',
      'x',
      '0',
      '? ',
      '!!int ',
    )
    fc.assert(
      fc.property(place, fc.nat(40), junk, (start, length, inserted) => {
        const text = sample.slice(0, start) + inserted + sample.slice(start + length)
        const parsed = parseCatalog({ files: [fileOf(text)] })
        expect(parsed.ok || parsed.problems.every(({ line, column }) => line > 0 && column > 0)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('gives something frozen', () => {
    const catalog = catalogOf(sample)
    const endpoint = catalog.endpoints.get('azure/llama')
    const parts = [catalog, ...catalog.models.values(), endpoint, endpoint?.price, endpoint?.provider]
    expect(parts.every(part => Object.isFrozen(part))).toBe(true)
  })
})

describe('parseCatalog on prices', () => {
  const keys =
    'cache_write: 1, cache_write_1h: 2, reasoning: 3, audio: 4, audio_cache_read: 0.4, audio_output: 5, image: 0.001, image_token: 6, image_output: 0.04'

  function priceOf(row: string, id = 'deepinfra/llama') {
    return catalogOf(edited('quantization: fp8', row)).endpoints.get(id)?.price
  }

  it('reads every kind', () => {
    expect(priceOf(keys)).toEqual({
      input: 100_000n,
      output: 320_000n,
      cacheRead: null,
      cacheWrite: 1_000_000n,
      cacheWrite1h: 2_000_000n,
      reasoning: 3_000_000n,
      audio: 4_000_000n,
      audioCacheRead: 400_000n,
      audioOutput: 5_000_000n,
      image: 1_000_000_000n,
      imageToken: 6_000_000n,
      imageOutput: 40_000_000_000n,
      request: 0n,
      version: 'models.dev@2026-07-02',
    })
  })

  it('takes a discount off every amount, exactly, and says so', () => {
    const price = priceOf(
      'discount: 0.25, cache_read: 0.02, request: 0.01, overrides: [{ min_prompt_tokens: 9, input: 0.2 }]',
    )
    expect(price).toMatchObject({
      input: 75_000n,
      output: 240_000n,
      cacheRead: 15_000n,
      request: 7_500_000_000n,
      discountPpm: 250_000,
      overrides: [{ amounts: { input: 150_000n } }],
    })
    expect(priceOf('discount: 1')?.input).toBe(0n)
    expect(priceOf('discount: 0')).not.toHaveProperty('discountPpm')
  })

  it('reads overrides in their order, with times as minutes', () => {
    const overrides =
      'overrides: [{ min_prompt_tokens: 200000, input: 0.2, cache_write_1h: 4 }, { utc_start: 1630, utc_end: 0030, utc_days: [monday, friday], request: 0 }]'
    expect(priceOf(overrides)?.overrides).toEqual([
      { minPromptTokens: 200_000, amounts: { input: 200_000n, cacheWrite1h: 4_000_000n } },
      {
        utcWindow: { startMinute: 990, endMinute: 30 },
        utcDays: ['monday', 'friday'],
        amounts: { request: 0n },
      },
    ])
  })

  it.each([
    ['bad-override', '{ input: 1 }', 'always holds'],
    ['bad-override', '{ min_prompt_tokens: 1 }', 'changes no price'],
    ['bad-override', '{ utc_start: 100, input: 1 }', 'come together'],
    ['bad-override', '{ utc_start: 100, utc_end: 0100, input: 1 }', 'the same time'],
    ['bad-override', '{ utc_days: [], input: 1 }', 'never holds'],
    ['bad-time', '{ utc_start: 1660, utc_end: 100, input: 1 }', 'HHMM'],
    ['bad-time', '{ utc_start: 2400, utc_end: 100, input: 1 }', 'HHMM'],
    ['bad-time', '{ utc_start: 8pm, utc_end: 100, input: 1 }', 'HHMM'],
    ['bad-count', '{ min_prompt_tokens: 0, input: 1 }', 'whole number'],
    ['unknown-value', '{ utc_days: [someday], input: 1 }', 'not known'],
    ['unknown-key', '{ min_tokens: 1, input: 1 }', 'unknown key'],
    ['bad-price', '{ min_prompt_tokens: 1, input: cheap }', 'no amount of USD'],
  ])('says %s for the override %s, at its place', (rule, override, message) => {
    const text = edited('quantization: fp8', `overrides: [${override}]`)
    const parsed = parseCatalog({ files: [fileOf(text)] })
    const problems = parsed.ok ? [] : parsed.problems
    const problem = problems.find(({ rule: found }) => found === rule)
    expect(problem?.line).toBe(31)
    expect(problem?.column).toBeGreaterThanOrEqual(91)
    expect(problem?.message).toMatch(message)
  })

  it('names the override whose price less the discount would have to be rounded', () => {
    const row = 'discount: 0.3, overrides: [{ min_prompt_tokens: 1, input: 0.000001 }]'
    expect(problemsOf(edited('quantization: fp8', row))).toEqual(['31:137 bad-price'])
  })
})

describe('parseCatalog on tags', () => {
  const second =
    '      - { provider: deepinfra, tag: deepinfra/turbo, region: us-east5, upstream: t, input: 1, output: 2 }\n'
  const tiers =
    '      - { provider: deepinfra, tier: flex, upstream: f, input: 1, output: 2, modalities: [text, image], distillable: true, base_url: https://eu.example/v1 }\n'

  it('lets a provider serve a model several times, each under its tag', () => {
    const { endpoints } = catalogOf(sample + second + tiers)
    expect([...endpoints.values()].map(({ id, tag, tier, region }) => [id, tag, tier, region])).toEqual([
      ['deepinfra/llama', 'deepinfra', 'default', null],
      ['azure/llama', 'azure', 'default', null],
      ['deepinfra/turbo/llama', 'deepinfra/turbo', 'default', 'us-east5'],
      ['deepinfra/flex/llama', 'deepinfra/flex', 'flex', null],
    ])
  })

  it('takes what an endpoint says over what its model and provider say', () => {
    const { endpoints, providers } = catalogOf(sample + second + tiers)
    expect(endpoints.get('deepinfra/flex/llama')).toMatchObject({
      distillable: true,
      inputModalities: ['text', 'image'],
      provider: { id: 'deepinfra', baseUrl: 'https://eu.example/v1' },
    })
    expect(endpoints.get('deepinfra/turbo/llama')).toMatchObject({
      distillable: false,
      inputModalities: ['text'],
      provider: { baseUrl: 'https://api.deepinfra.com/v1/openai' },
    })
    expect(providers.get('deepinfra')?.baseUrl).toBe('https://api.deepinfra.com/v1/openai')
  })

  it('knows a model by its day, its permissions and its kinds of output', () => {
    const row =
      'tokenizer: llama3\n    created: 2024-12-06\n    distillable: true\n    output_modalities: [text, audio]'
    const { models, endpoints } = catalogOf(edited('tokenizer: llama3', row))
    expect(models.get('meta/llama')).toMatchObject({
      created: '2024-12-06',
      outputModalities: ['text', 'audio'],
    })
    expect(endpoints.get('azure/llama')?.distillable).toBe(true)
    expect(catalogOf(sample).models.get('meta/llama')).toMatchObject({
      created: null,
      outputModalities: ['text'],
    })
  })

  it('serves a free variant as a model of its own', () => {
    const entry = sample.slice(sample.indexOf('  - id: meta/llama')).replace('meta/llama', 'meta/llama:free')
    const { models } = catalogOf(sample + entry.replaceAll(/(in|out)put: 0\.\d+/g, '$1put: 0'))
    expect(models.get('meta/llama:free')?.endpoints[0]).toMatchObject({
      id: 'deepinfra/llama:free',
      price: { input: 0n, output: 0n },
    })
  })

  it('merges a later file by tag', () => {
    const head = overlay(
      'prices: { source: mine, date: 2026-11-21 }\nmodels:\n  - id: meta/llama\n    endpoints:\n',
    )
    const { endpoints } = catalogOf(sample + second, head + second.replace('output: 2', 'output: 3'))
    expect([...endpoints.values()].map(({ id, price: { version } }) => `${id} ${version}`)).toEqual([
      'deepinfra/llama models.dev@2026-07-02',
      'azure/llama models.dev@2026-07-02',
      'deepinfra/turbo/llama mine@2026-11-21',
    ])
  })
})

describe('parseCatalog with several files', () => {
  const price = 'upstream: l, input: 0.05, output: 0.1, source: contract, date: 2026-11-01'

  it('replaces an endpoint, adds another and keeps the rest', () => {
    const catalog = catalogOf(
      sample,
      overlay(`
providers:
  - id: home
    name: Home
    wires: { openai: http://127.0.0.1:8000/v1 }
    api_key_env: HOME_KEY
    headquarters: CH
    data_policy: { trains: false, retains: false }
    bills_canceled: false
models:
  - id: meta/llama
    name: My Llama
    endpoints:
      - { provider: deepinfra, ${price} }
      - { provider: home, ${price} }
`),
    )
    expect(catalog.version).toBe('sample@2026-11-20+mine@2026-11-21')
    expect(catalog.models.get('meta/llama')).toMatchObject({ name: 'My Llama', contextTokens: 131_072 })
    expect([...catalog.endpoints.values()].map(({ id, price: { version } }) => `${id} ${version}`)).toEqual([
      'deepinfra/llama contract@2026-11-01',
      'azure/llama models.dev@2026-07-02',
      'home/llama contract@2026-11-01',
    ])
    expect(catalog.endpoints.get('deepinfra/llama')?.quantization).toBe('unknown')
  })

  it('replaces a provider everywhere', () => {
    const row = sample.slice(sample.indexOf('  - id: deepinfra'), sample.indexOf('  - id: azure'))
    const catalog = catalogOf(sample, overlay(`providers:\n${row.replace('US', 'NL')}`))
    expect(catalog.providers.get('deepinfra')?.headquarters).toBe('NL')
    expect(catalog.endpoints.get('deepinfra/llama')?.provider.headquarters).toBe('NL')
  })

  it('wants a model that is new in a later file to be whole', () => {
    const text = overlay(`models:\n  - { id: meta/new, endpoints: [{ provider: azure, ${price} }] }\n`)
    expect(problemsOf(sample, text)).toEqual(Array.from({ length: 6 }, () => '5:5 missing-key'))
  })

  it('refuses two models of one slug at one provider', () => {
    const entry = sample.slice(sample.indexOf('  - id: meta/llama')).replace('meta/', 'other/')
    const text = overlay(`prices: { source: x, date: 2026-01-01 }\nmodels:\n${entry}`)
    expect(problemsOf(sample, text)).toEqual(['14:9 duplicate-id', '15:9 duplicate-id'])
  })
})
