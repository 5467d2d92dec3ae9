import type { z } from 'zod'
import { isObject } from '../core/index.ts'
import { listNames, maxPriceKinds, preferencesSchema } from './preferences-schema.ts'
import type { Cutoffs, ProviderPreferences } from './types.ts'

/** The result of reading a `provider` object. */
export type PreferencesResult =
  | { readonly ok: true; readonly preferences: ProviderPreferences }
  /** `problem` names the field and what it should be. */
  | { readonly ok: false; readonly problem: string }

type Data = z.infer<typeof preferencesSchema>

/** More than there are providers. */
const longestList = 200
const understood = new Set(Object.keys(preferencesSchema.shape))
const sortFields: ReadonlySet<string> = new Set(['by', 'partition'])

/**
 * Reads the `provider` object of a request body.
 *
 * Absent and null mean "no preference". Unknown fields land in `ignoredFields`, but an unknown kind of `max_price`
 * is refused: it is a promise about money that would not be kept. Pure; never throws.
 */
export function parsePreferences(value: unknown): PreferencesResult {
  const long = longList(value)
  if (long !== undefined) return { ok: false, problem: `provider.${long}: more than ${longestList} items` }
  const parsed = preferencesSchema.safeParse(value ?? {})
  if (!parsed.success) return { ok: false, problem: problemOf(parsed.error) }
  const known: readonly string[] = maxPriceKinds
  const kind = Object.keys(parsed.data.max_price ?? {}).find(key => !known.includes(key))
  if (kind !== undefined) return { ok: false, problem: `provider.max_price.${kind}: not supported` }
  return { ok: true, preferences: toPreferences(parsed.data) }
}

/** A list that is too long, found before its items are checked. */
function longList(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  const isLong = (list: unknown) => Array.isArray(list) && list.length > longestList
  return listNames.find(name => isLong(value[name]))
}

function toPreferences(data: Data): ProviderPreferences {
  const sort = typeof data.sort === 'string' ? { by: data.sort } : data.sort
  return {
    order: data.order,
    only: data.only,
    ignore: data.ignore,
    allowFallbacks: data.allow_fallbacks ?? true,
    sticky: data.sticky ?? true,
    requireParameters: data.require_parameters ?? false,
    denyDataCollection: data.data_collection === 'deny',
    denyRetention: data.zdr ?? false,
    requireDistillable: data.enforce_distillable_text ?? false,
    quantizations: data.quantizations,
    maxPrice: maxPriceOf(data),
    sort: sort?.by ?? null,
    partition: sort?.partition ?? 'model',
    minThroughput: cutoffsOf(data.preferred_min_throughput, 1),
    maxLatencyMs: cutoffsOf(data.preferred_max_latency, 1000),
    ignoredFields: ignoredFields(data),
  }
}

function maxPriceOf({ max_price: limits }: Data): ProviderPreferences['maxPrice'] {
  const { prompt = null, completion = null, request = null, image = null, audio = null } = limits ?? {}
  return { prompt, completion, request, image, audio }
}

/** A number stands for the median. `unit` brings the wire's unit to ours. */
function cutoffsOf(value: Data['preferred_max_latency'], unit: number): Cutoffs | null {
  if (value === undefined || value === null) return null
  const { p50, p75, p90, p99 } = typeof value === 'number' ? { p50: value } : { p50: null, ...value }
  const scaled = (cutoff: number | null | undefined) => (typeof cutoff === 'number' ? cutoff * unit : null)
  const cutoffs = { p50: scaled(p50), p75: scaled(p75), p90: scaled(p90), p99: scaled(p99) }
  return Object.values(cutoffs).every(cutoff => cutoff === null) ? null : cutoffs
}

function ignoredFields(data: Data): readonly string[] {
  const unknown = Object.keys(data).filter(key => !understood.has(key))
  return [
    ...unknown,
    ...unknownIn(data, 'sort', sortFields),
    ...cutoffFields.flatMap(name => unknownIn(data, name, quantiles)),
  ]
}

const cutoffFields = ['preferred_min_throughput', 'preferred_max_latency'] as const
const quantiles: ReadonlySet<string> = new Set(['p50', 'p75', 'p90', 'p99'])

function unknownIn(
  data: Data,
  name: 'sort' | (typeof cutoffFields)[number],
  known: ReadonlySet<string>,
): readonly string[] {
  const value = data[name]
  return isObject(value)
    ? Object.keys(value)
        .filter(key => !known.has(key))
        .map(key => `${name}.${key}`)
    : []
}

function problemOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${['provider', ...path].join('.')}: ${message}`).join('; ')
}
