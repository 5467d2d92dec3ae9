import { z } from 'zod'
import { isObject, type PicoUsd, parseUsd } from '../core/index.ts'
import type { ProviderPreferences } from './types.ts'

/** The result of reading a `provider` object. */
type PreferencesResult =
  | { readonly ok: true; readonly preferences: ProviderPreferences }
  /** `problem` names the field and what it should be. */
  | { readonly ok: false; readonly problem: string }

const slug = z
  .string()
  .min(1)
  .transform(text => text.trim().toLowerCase())
const slugs = z
  .array(slug)
  .nullish()
  .transform(list => list ?? [])
const flag = z.boolean().nullish()
const amount = z
  .union([z.number(), z.string()])
  .transform((value, context): PicoUsd => {
    const parsed = parseUsd(String(value))
    if (parsed !== null && parsed >= 0n) return parsed
    context.addIssue({ code: 'custom', message: 'expected an amount of USD such as 0.5 or "0.5"' })
    return z.NEVER
  })
  .nullish()
  .transform(value => value ?? null)
const metric = z.enum(['price', 'throughput', 'latency'])

const schema = z.looseObject({
  order: slugs,
  only: slugs,
  ignore: slugs,
  allow_fallbacks: flag,
  require_parameters: flag,
  data_collection: z.enum(['allow', 'deny']).nullish(),
  zdr: flag,
  // Refused rather than ignored: it is a promise about the answer that this router cannot keep.
  enforce_distillable_text: z.literal(false, { error: 'not supported' }).nullish(),
  quantizations: slugs,
  max_price: z.looseObject({ prompt: amount, completion: amount }).nullish(),
  sort: z.union([metric, z.looseObject({ by: metric })]).nullish(),
})

/** More than there are providers. */
const longestList = 200
const listNames = ['order', 'only', 'ignore', 'quantizations'] as const
const understood = new Set(Object.keys(schema.shape))
const priceKinds = new Set(['prompt', 'completion'])

/**
 * Reads the `provider` object of a request body.
 *
 * Absent and null mean "no preference". Hard filters that are not supported are refused by name; soft
 * wishes and unknown fields land in `ignoredFields`. Pure; never throws.
 */
export function parsePreferences(value: unknown): PreferencesResult {
  const long = longList(value)
  if (long !== undefined) return { ok: false, problem: `provider.${long}: more than ${longestList} items` }
  const parsed = schema.safeParse(value ?? {})
  if (!parsed.success) return { ok: false, problem: problemOf(parsed.error) }
  const priceKind = Object.keys(parsed.data.max_price ?? {}).find(key => !priceKinds.has(key))
  if (priceKind) return { ok: false, problem: `provider.max_price.${priceKind}: not supported` }
  return { ok: true, preferences: toPreferences(parsed.data) }
}

/** A list that is too long, found before its items are checked. */
function longList(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  const isLong = (list: unknown) => Array.isArray(list) && list.length > longestList
  return listNames.find(name => isLong(value[name]))
}

function toPreferences(data: z.infer<typeof schema>): ProviderPreferences {
  const { sort } = data
  return {
    order: data.order,
    only: data.only,
    ignore: data.ignore,
    allowFallbacks: data.allow_fallbacks ?? true,
    requireParameters: data.require_parameters ?? false,
    denyDataCollection: data.data_collection === 'deny',
    denyRetention: data.zdr ?? false,
    quantizations: data.quantizations,
    requireDistillable: false,
    maxPrice: {
      prompt: data.max_price?.prompt ?? null,
      completion: data.max_price?.completion ?? null,
      request: null,
      image: null,
      audio: null,
    },
    sort: (typeof sort === 'object' ? sort?.by : sort) ?? null,
    partition: 'model',
    minThroughput: null,
    maxLatencyMs: null,
    ignoredFields: ignoredFields(data),
  }
}

function ignoredFields(data: z.infer<typeof schema>): readonly string[] {
  const unknown = Object.keys(data).filter(key => !understood.has(key))
  const { sort } = data
  if (typeof sort !== 'object' || sort === null) return unknown
  const partition = sort['partition']
  return partition === undefined || partition === 'model' ? unknown : [...unknown, 'sort.partition']
}

function problemOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${['provider', ...path].join('.')}: ${message}`).join('; ')
}
