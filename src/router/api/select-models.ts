import type { Endpoint, Model } from '../../catalog/index.ts'
import type { PicoUsd } from '../../core/index.ts'
import { createdSeconds } from './model-body.ts'
import type { ModelQuery } from './model-query.ts'
import { shownEndpoint } from './shown-endpoint.ts'

/** Medians of an endpoint over the last half hour; null: not measured. */
export interface Medians {
  /** Milliseconds to the first token. */
  readonly latencyMs: number | null
  readonly tokensPerSecond: number | null
}

/** What a selection depends on besides models and query. */
export interface SelectOptions {
  readonly mediansOf: (endpoint: Endpoint) => Medians
  /** Epoch milliseconds, for ages. */
  readonly nowMs: number
}

/**
 * The models that a query of `GET /models` asks for, all of its pages, in its order; in that of the catalogue when it
 * names none. A model is judged by price and context of its shown endpoint, and has a data policy, region or provider
 * when one of its endpoints has. Models without the measure of a sort come last. Pure.
 */
export function selectModels(
  models: readonly Model[],
  query: ModelQuery,
  options: SelectOptions,
): readonly Model[] {
  const found = models.filter(
    model => isOfKind(model, query) && isPriced(model, query) && isServed(model, query) && isOfAge(model),
  )
  return sorted(found, query.sort, options.mediansOf)

  function isOfAge(model: Model): boolean {
    const { min_age_days: min, max_age_days: max } = query
    if (min === undefined && max === undefined) return true
    const days = (options.nowMs / 1000 - createdSeconds(model)) / 86_400
    return model.created !== null && days >= (min ?? 0) && days <= (max ?? Number.POSITIVE_INFINITY)
  }
}

function isOfKind(model: Model, query: ModelQuery): boolean {
  const outputs = query.output_modalities === undefined ? ['text'] : query.output_modalities
  const text = `${model.id} ${model.name}`.toLowerCase()
  return (
    isIn(query.model_authors, model.author) &&
    isIn(query.arch, model.tokenizer) &&
    (query.q ?? []).every(word => word.split(/\s+/).every(part => text.includes(part))) &&
    (query.input_modalities ?? []).every(kind => model.inputModalities.includes(kind)) &&
    (outputs === null || outputs.some(kind => model.outputModalities.includes(kind))) &&
    model.contextTokens >= (query.context ?? 0)
  )
}

function isPriced(model: Model, query: ModelQuery): boolean {
  const price = shownEndpoint(model)?.price
  return (
    isWithin(price?.input, query.min_price, query.max_price) &&
    isWithin(price?.output, query.min_output_price, query.max_output_price)
  )
}

/** Limits are per million tokens. */
function isWithin(price: PicoUsd | undefined, min: PicoUsd | undefined, max: PicoUsd | undefined): boolean {
  if (min === undefined && max === undefined) return true
  if (price === undefined) return false
  const perMillion = price * 1_000_000n
  return perMillion >= (min ?? 0n) && (max === undefined || perMillion <= max)
}

/** Whether one endpoint has everything at once: a zero-retention endpoint elsewhere helps nobody in the region. */
function isServed({ endpoints }: Model, query: ModelQuery): boolean {
  const { supported_parameters: parameters = [], providers, region, distillable } = query
  if (distillable === 'false' && endpoints.some(e => e.distillable)) return false
  const asks = [parameters.length > 0, providers, query.zdr, region, distillable === 'true'].some(Boolean)
  return (
    !asks ||
    endpoints.some(
      e =>
        parameters.every(name => e.supportedParameters.has(name)) &&
        (providers === undefined || [e.provider.id, e.provider.name, e.tag].some(n => isIn(providers, n))) &&
        (query.zdr === undefined || !e.dataPolicy.retains) &&
        (distillable !== 'true' || e.distillable) &&
        (region === undefined || isInRegion(e.region, region)),
    )
  )
}

/** `eu` takes in `eu-west-1` and `europe-west4`; an endpoint that states no region is in none. */
function isInRegion(region: string | null, wanted: 'eu' | 'us'): boolean {
  const name = region?.toLowerCase() ?? ''
  return name === wanted || name.startsWith(`${wanted}-`) || (wanted === 'eu' && name.startsWith('europe'))
}

function isIn(list: readonly string[] | undefined, name: string): boolean {
  return list === undefined || list.includes(name.toLowerCase())
}

function sorted(
  models: readonly Model[],
  sort: ModelQuery['sort'],
  mediansOf: SelectOptions['mediansOf'],
): readonly Model[] {
  const best = (model: Model, of: (endpoint: Endpoint) => number | null, pick: typeof Math.min) => {
    const values = model.endpoints.map(of).filter(value => value !== null)
    return values.length > 0 ? pick(...values) : null
  }
  const latency = (model: Model) => best(model, e => mediansOf(e).latencyMs, Math.min)
  const throughput = (model: Model) => best(model, e => mediansOf(e).tokensPerSecond, Math.max)
  switch (sort) {
    case undefined:
      return models
    case 'newest':
      return ascending(models, m => (m.created === null ? null : -createdSeconds(m)))
    case 'pricing-low-to-high':
      return ascending(models, averagePrice)
    case 'pricing-high-to-low':
      return ascending(models, m => negative(averagePrice(m)))
    case 'context-high-to-low':
      return ascending(models, m => -m.contextTokens)
    case 'throughput-high-to-low':
      return ascending(models, m => negative(throughput(m)))
    case 'latency-low-to-high':
      return ascending(models, latency)
  }
}

/** Of prompt and completion, pico-USD per token; OpenRouter's weights are not published, so both count the same. */
function averagePrice(model: Model): number | null {
  const price = shownEndpoint(model)?.price
  return price === undefined ? null : Number(price.input + price.output) / 2
}

function negative(value: number | null): number | null {
  return value === null ? null : -value
}

/** Stable; null comes last. */
function ascending(models: readonly Model[], keyOf: (model: Model) => number | null): readonly Model[] {
  const keyed = models.map(model => ({ model, key: keyOf(model) ?? Number.POSITIVE_INFINITY }))
  return keyed.toSorted((a, b) => (a.key === b.key ? 0 : a.key - b.key)).map(({ model }) => model)
}
