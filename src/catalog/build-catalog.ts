import { buildPrice } from './build-price.ts'
import { endpointId, tagOf } from './endpoint-id.ts'
import {
  type CacheRow,
  type EndpointRow,
  type FileContent,
  type FullModel,
  type ModelEntry,
  neededModelKeys,
  type ProviderRow,
  wireNames,
} from './file-schema.ts'
import { parametersOf } from './parameters.ts'
import type { Catalog, Endpoint, Model, PromptCache, Provider, RateLimits } from './types.ts'

/** Nothing is cached. */
const noCache: PromptCache = Object.freeze({ mode: 'none', minTokens: 0, blockTokens: 0, ttlSeconds: 0 })

/** What is assumed where cached tokens have a price and nothing else is known. */
const assumedCache: PromptCache = Object.freeze({
  mode: 'implicit',
  minTokens: 1024,
  blockTokens: 64,
  ttlSeconds: 300,
})

interface SourcedRow {
  readonly row: EndpointRow
  readonly version: string
}

interface MergedModel {
  readonly header: ModelEntry
  /** By tag. */
  readonly rows: ReadonlyMap<string, SourcedRow>
}

/**
 * Builds the catalogue from files that passed every check. Later files win: a provider or an endpoint is
 * replaced as a whole, a model takes the keys that a later file gives and keeps the others. Pure.
 */
export function buildCatalog(files: readonly FileContent[]): Catalog {
  const rows = new Map(files.flatMap(file => file.providers ?? []).map(row => [row.id, row]))
  const merged = new Map<string, MergedModel>()
  for (const file of files) {
    for (const entry of file.models ?? [])
      merged.set(entry.id, merge({ file, entry, old: merged.get(entry.id) }))
  }
  const models = [...merged.values()].map(model => buildModel(model, rows))
  return Object.freeze({
    version: [...new Set(files.map(({ catalog, date }) => `${catalog}@${date}`))].join('+'),
    models: new Map(models.map(model => [model.id, model])),
    providers: new Map([...rows].map(([id, row]) => [id, buildProvider(row)])),
    endpoints: new Map(models.flatMap(model => model.endpoints).map(endpoint => [endpoint.id, endpoint])),
  })
}

interface Merge {
  readonly file: FileContent
  readonly entry: ModelEntry
  readonly old: MergedModel | undefined
}

function merge({ file, entry, old }: Merge): MergedModel {
  const rows = (entry.endpoints ?? []).map((row): [string, SourcedRow] => {
    const { source = file.prices?.source, date = file.prices?.date } = row
    return [tagOf(row), { row, version: `${source}@${date}` }]
  })
  return { header: { ...old?.header, ...entry }, rows: new Map([...(old?.rows ?? []), ...rows]) }
}

function buildModel({ header, rows }: MergedModel, providers: ReadonlyMap<string, ProviderRow>): Model {
  if (!isFull(header)) throw new Error(`model ${header.id} is incomplete after the checks`)
  const { id, name, context, max_output: maxOutput, tokenizer, modalities } = header
  const endpoints = [...rows.values()].map(sourced => buildEndpoint({ header, sourced, providers }))
  return Object.freeze({
    id,
    name,
    author: id.slice(0, id.indexOf('/')),
    contextTokens: context,
    maxOutputTokens: maxOutput,
    tokenizer,
    inputModalities: Object.freeze([...modalities]),
    outputModalities: Object.freeze([...(header.output_modalities ?? ['text'])]),
    created: header.created ?? null,
    endpoints: Object.freeze(endpoints),
  })
}

function isFull(entry: ModelEntry): entry is FullModel {
  return neededModelKeys.every(key => entry[key] !== undefined)
}

interface EndpointParts {
  readonly header: FullModel
  readonly sourced: SourcedRow
  readonly providers: ReadonlyMap<string, ProviderRow>
}

function buildEndpoint({ header, sourced, providers }: EndpointParts): Endpoint {
  const { row, version } = sourced
  const host = providers.get(row.provider)
  if (!host) throw new Error(`provider ${row.provider} went missing after the checks`)
  const provider = buildProvider(host, row)
  const tag = tagOf(row)
  return Object.freeze({
    id: endpointId(tag, header.id),
    provider,
    tag,
    region: row.region ?? null,
    tier: row.tier ?? 'default',
    distillable: row.distillable ?? header.distillable ?? false,
    inputModalities: Object.freeze([...(row.modalities ?? header.modalities)]),
    modelId: header.id,
    upstreamModel: row.upstream,
    quantization: row.quantization ?? 'unknown',
    contextTokens: row.context ?? header.context,
    maxOutputTokens: row.max_output ?? header.max_output,
    price: buildPrice(row, version),
    supportedParameters: parametersOf(row.supports ?? header.supports),
    dataPolicy: row.data_policy ? Object.freeze({ ...row.data_policy }) : provider.dataPolicy,
    rateLimits: limitsOf(row),
    cache: cacheOf(row, header),
  })
}

/**
 * The provider as an endpoint reaches it: by the given protocol or the preferred one of those it offers, and at the given
 * base URL or its own for that protocol.
 */
function buildProvider(row: ProviderRow, { wire, base_url: baseUrl }: Partial<EndpointRow> = {}): Provider {
  const chosen = wire ?? wireNames.find(name => row.wires[name] !== undefined) ?? 'openai'
  return Object.freeze({
    id: row.id,
    name: row.name,
    wire: chosen,
    baseUrl: baseUrl ?? row.wires[chosen] ?? '',
    apiKeyEnv: row.api_key_env,
    headquarters: row.headquarters,
    dataPolicy: Object.freeze({ ...row.data_policy }),
    billsCanceled: row.bills_canceled,
  })
}

function limitsOf({ limits = {} }: EndpointRow): RateLimits {
  const { rpm = null, tpm = null, rpd, tpd, concurrent } = limits
  return Object.freeze({
    requestsPerMinute: rpm,
    tokensPerMinute: tpm,
    ...(rpd !== undefined && { requestsPerDay: rpd }),
    ...(tpd !== undefined && { tokensPerDay: tpd }),
    ...(concurrent !== undefined && { concurrentRequests: concurrent }),
  })
}

function cacheOf(row: EndpointRow, header: FullModel): PromptCache {
  if (row.cache) return buildCache(row.cache)
  if (row.cache_read === undefined) return noCache
  return header.cache ? buildCache(header.cache) : assumedCache
}

function buildCache(row: CacheRow): PromptCache {
  if (row.mode === 'none') return noCache
  const { mode, min_tokens: minTokens, block_tokens: blockTokens, ttl_seconds: ttlSeconds } = row
  return Object.freeze({ mode, minTokens, blockTokens, ttlSeconds })
}
