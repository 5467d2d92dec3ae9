import { z } from 'zod'
import { supportWords } from './parameters.ts'
import { discountFindings, priceKeys, priceOverride } from './price-schema.ts'
import * as s from './scalars.ts'
import type { Endpoint, Quantization } from './types.ts'

/** Protocols of providers, in order of preference when one offers several. */
export const wireNames = ['openai', 'anthropic', 'gemini'] as const

/** Service tiers of endpoints. */
const tiers = ['default', 'flex', 'priority'] as const satisfies readonly Endpoint['tier'][]

/** Quantizations, from small to large. */
const quantizations = [
  'int4',
  'int8',
  'fp4',
  'mxfp4',
  'nvfp4',
  'fp6',
  'fp8',
  'mxfp8',
  'fp16',
  'bf16',
  'fp32',
  'unknown',
] as const satisfies readonly Quantization[]

const dataPolicy = z
  .strictObject({ trains: s.strictFlag, retains: s.strictFlag })
  .describe('What happens to prompts; `unknown` counts as true.')

const cache = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('none') }),
    z.strictObject({
      mode: z.enum(['implicit', 'explicit']),
      min_tokens: s.count.describe('Shortest prefix that is cached.'),
      block_tokens: s.count.describe('Granularity of a hit.'),
      ttl_seconds: s.count.describe('Idle time after which a prefix is forgotten.'),
    }),
  ])
  .describe('How prompt prefixes are cached.')

const supports = z
  .array(z.enum(supportWords))
  .describe('Parameters taken, by name or by group: sampling, tools, structured, reasoning.')

const distillable = s.permission.describe(
  'Whether answers may be used to train other models; `unknown`, and left out, count as false.',
)

const providerRow = z.strictObject({
  id: s.providerId,
  name: s.words,
  wires: z
    .strictObject({
      openai: s.baseUrl.optional(),
      anthropic: s.baseUrl.optional(),
      gemini: s.baseUrl.optional(),
    })
    .describe('Base URL per protocol; openai is preferred, then anthropic.'),
  api_key_env: s.variableName.describe('Environment variable that holds the API key.'),
  headquarters: s.words.describe('Country code (ISO 3166-1 alpha-2), or unknown.'),
  data_policy: dataPolicy,
  bills_canceled: s.strictFlag.describe('Whether a canceled request is billed in full.'),
})

const modalities = z.array(z.enum(['text', 'image', 'file', 'audio', 'video']))

const endpointKeys = z.strictObject({
  provider: s.providerId,
  tag: s.tag
    .optional()
    .describe('Provider with region, variant or tier; default: the provider, with its tier unless default.'),
  region: s.label.optional().describe('Where it runs, such as eu or us-east5; default: not stated.'),
  tier: z.enum(tiers).optional().describe('Service tier; default: default.'),
  base_url: s.baseUrl.optional().describe("Default: the provider's, for the protocol."),
  upstream: s.words.describe("Name of the model in the provider's API."),
  ...priceKeys,
  discount: s.share.optional().describe('Share taken off every price of the row; default: 0.'),
  overrides: z
    .array(priceOverride)
    .optional()
    .describe('Other prices for some requests; the later one wins.'),
  context: s.count.optional().describe("Tokens; default: the model's."),
  max_output: s.count.optional().describe("Tokens; default: the model's."),
  quantization: z.enum(quantizations).optional().describe('Default: unknown.'),
  wire: z.enum(wireNames).optional().describe("Default: the provider's preferred protocol."),
  limits: z
    .strictObject({
      rpm: s.count.optional(),
      tpm: s.count.optional(),
      rpd: s.count.optional(),
      tpd: s.count.optional(),
      concurrent: s.count.optional(),
    })
    .optional()
    .describe('Requests and tokens per minute and per day, requests at once; left out: not published.'),
  modalities: modalities.optional().describe("Kinds of input; default: the model's."),
  distillable: distillable.optional(),
  supports: supports.optional(),
  cache: cache.optional(),
  data_policy: dataPolicy.optional(),
  source: s.label.optional().describe("Where the price is from; default: the file's `prices`."),
  date: s.day.optional().describe("When that was; default: the file's `prices`."),
})

const endpointRow = endpointKeys.superRefine(discountFindings)

const modelEntry = z.strictObject({
  id: s.modelId,
  name: s.words.optional(),
  context: s.count.optional().describe('Tokens.'),
  max_output: s.count.optional().describe('Tokens.'),
  tokenizer: s.words.optional().describe('Family, such as o200k, claude, llama3; or unknown.'),
  modalities: modalities.optional().describe('Kinds of input.'),
  output_modalities: modalities.optional().describe('Kinds of output; default: text.'),
  created: s.day.optional().describe('Day it came out; default: not known.'),
  distillable: distillable.optional(),
  supports: supports.optional(),
  cache: cache.optional().describe('Of endpoints that have a cache-read price.'),
  endpoints: z.array(endpointRow).optional(),
})

/** Shape of one catalogue file, with every scalar as text. Rules across entries: `cross-rules.ts`. */
export const fileSchema = z.strictObject({
  version: z.literal('1').meta({ type: 'integer', const: 1 }),
  catalog: s.label.describe('Name of the catalogue.'),
  date: s.day.describe('Day this file was last brought up to date.'),
  prices: z
    .strictObject({ source: s.label, date: s.day })
    .optional()
    .describe('Source and date of every price that does not say its own.'),
  providers: z.array(providerRow).optional(),
  models: z.array(modelEntry).optional(),
})

/** Keys that a model needs from one of the files that describe it. */
export const neededModelKeys = [
  'name',
  'context',
  'max_output',
  'tokenizer',
  'modalities',
  'supports',
] as const satisfies readonly (keyof ModelEntry)[]

/** A model as all files together describe it. */
export type FullModel = ModelEntry & {
  readonly [K in (typeof neededModelKeys)[number]]: NonNullable<ModelEntry[K]>
}

export type FileContent = z.output<typeof fileSchema>
export type ProviderRow = z.output<typeof providerRow>
export type ModelEntry = z.output<typeof modelEntry>
export type EndpointRow = z.output<typeof endpointRow>
export type CacheRow = z.output<typeof cache>
