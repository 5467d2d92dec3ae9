import { z } from 'zod'
import { type PicoUsd, parseUsd } from '../core/index.ts'

/** Kinds of `max_price`: the first two per million tokens, the others per unit. */
export const maxPriceKinds = ['prompt', 'completion', 'request', 'image', 'audio'] as const

/** Fields that hold a list. */
export const listNames = ['order', 'only', 'ignore', 'quantizations'] as const

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
const metric = z.enum(['price', 'throughput', 'latency', 'exacto'])
const partition = z.enum(['model', 'none']).nullish()
const cutoff = z.number().min(0).nullish()

/** Says what is wrong with one of two forms: a union alone would only say that neither fits. */
function either<Plain extends z.ZodType, Full extends z.ZodType>(plain: Plain, full: Full) {
  return z.unknown().transform((value, context): z.output<Plain> | z.output<Full> => {
    const form = typeof value === 'object' ? full : plain
    const parsed = form.safeParse(value)
    if (parsed.success) return parsed.data
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: [...path], message })
    }
    return z.NEVER
  })
}

const cutoffs = either(
  z.number({ error: 'expected a number or an object of p50, p75, p90, p99' }).min(0),
  z.looseObject({ p50: cutoff, p75: cutoff, p90: cutoff, p99: cutoff }),
).nullish()

/** The `provider` object as it is on the wire. Unknown fields pass; null means absent. */
export const preferencesSchema = z.looseObject({
  order: slugs,
  only: slugs,
  ignore: slugs,
  allow_fallbacks: flag,
  // Ours: `false` leaves the conversation where chance puts it.
  sticky: flag,
  require_parameters: flag,
  data_collection: z.enum(['allow', 'deny']).nullish(),
  zdr: flag,
  enforce_distillable_text: flag,
  quantizations: slugs,
  max_price: z
    .looseObject({ prompt: amount, completion: amount, request: amount, image: amount, audio: amount })
    .nullish(),
  sort: either(metric, z.looseObject({ by: metric.nullish(), partition })).nullish(),
  preferred_min_throughput: cutoffs,
  preferred_max_latency: cutoffs,
})
