import { z } from 'zod'
import { tokenizerNames } from './tokenizer.ts'

/** A number between bounds, read from the text as written. */
function number(min: number, max: number) {
  return z
    .string()
    .refine(text => /^\d+(\.\d+)?$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `expected a number from ${min} to ${max}`,
    })
    .transform(Number)
}

function whole(min: number, max: number) {
  return z
    .string()
    .refine(text => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `expected a whole number from ${min} to ${max}`,
    })
    .transform(Number)
}

const bounds = { error: 'expected [min, max] with min not above max' }
const ttft = number(1, 600_000)
const sigma = number(0, 2)
const day = z.string().refine(isDay, { error: 'expected a date as YYYY-MM-DD' })
const text = z.string().refine(value => value.trim() !== '', { error: 'expected a text' })
const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._/-]*\*?$/, { error: 'expected a lower-case slug, which may end in *' })

/** Bounds are what a model server could do at all; a figure outside them is a mistake. */
const row = z.strictObject({
  provider: slug.optional(),
  model: slug.optional(),
  source: text,
  ttft_ms: ttft.optional(),
  ttft_base_ms: ttft.optional(),
  uncached_ms_per_1k: number(0, 60_000).optional(),
  cached_ms_per_1k: number(0, 60_000).optional(),
  ttft_sigma: sigma.optional(),
  tail_ratio: number(0, 1).optional(),
  tail_factors: z
    .tuple([number(1, 1000), number(1, 1000)])
    .refine(([min, max]) => min <= max, bounds)
    .optional(),
  tokens_per_second: number(0.1, 100_000).optional(),
  decode_sigma: sigma.optional(),
  chunk_tokens: z
    .union([
      whole(1, 1000).transform((size): [number, number] => [size, size]),
      z.tuple([whole(1, 1000), whole(1, 1000)]),
    ])
    .refine(([min, max]) => min <= max, bounds)
    .optional(),
  answer_tokens: number(1, 1_000_000).optional(),
  answer_sigma: sigma.optional(),
  reasoning_tokens: number(1, 1_000_000).optional(),
  reasoning_sigma: sigma.optional(),
  reasoning_by_default: z
    .enum(['true', 'false'])
    .transform(value => value === 'true')
    .optional(),
  slots: z.union([z.literal('unlimited').transform(() => null), whole(1, 1_000_000)]).optional(),
  refusal_ms: number(0, 600_000).optional(),
  tokenizer: z.enum(['family', ...tokenizerNames]).optional(),
})

/** Shape of one calibration file, with every scalar as text. Rules across rows: `calibration-file.ts`. */
export const calibrationSchema = z.strictObject({
  version: z.literal('1'),
  calibration: text,
  date: day,
  sources: z
    .record(text, z.strictObject({ basis: z.enum(['measured', 'fitted', 'assumed']), date: day, note: text }))
    .optional(),
  aliases: z.record(slug, slug).optional(),
  rows: z.array(row),
})

/** A calibration file with its figures as numbers. */
export type CalibrationDocument = z.output<typeof calibrationSchema>

function isDay(value: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}
