import { z } from 'zod'
import { count, modelGlobs, slugs, usd } from './scalars.ts'

const access = {
  models: modelGlobs
    .min(1, 'an empty list would allow nothing; leave it out, or write null')
    .nullable()
    .default(null)
    .describe('Globs over model ids that may be used; null: all.'),
  only: slugs
    .min(1, 'an empty list would allow nothing; leave it out, or write null')
    .nullable()
    .default(null)
    .describe('Provider or endpoint slugs that may serve; null: all.'),
  ignore: slugs.default([]).describe('Provider or endpoint slugs that may not serve.'),
  data_collection: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('deny: only endpoints that do not train on prompts.'),
  zdr: z.boolean().default(false).describe('true: only endpoints that keep nothing.'),
  regions: z
    .array(z.string().min(1))
    .min(1, 'an empty list would allow nothing; leave it out, or write null')
    .nullable()
    .default(null)
    .describe('Regions of endpoints, such as eu; null: all.'),
}

/** What holds for every caller. */
export const accountSchema = z
  .strictObject({
    ...access,
    credits_usd: usd
      .nullable()
      .default(null)
      .describe(
        'Credits bought, ever: charges are taken from them, and from 10 USD on free models serve 1000 requests a day instead of 50. null: no balance is kept.',
      ),
  })
  .prefault({})
  .describe('What holds for every caller.')

/** One key of a caller. */
export const keySchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.@ -]{0,62}$/, 'use letters, digits, ".", "_", "@", "-" and spaces (at most 63)')
    .describe('Label in records and answers; unique.'),
  sha256: z
    .string()
    .refine(text => /^[0-9a-f]{64}$/.test(text), {
      error:
        'expected the SHA-256 of the key in 64 lower-case hex digits, never the key itself; `routebench keys new` makes both',
      params: { rule: 'not-a-hash' },
    })
    .meta({ pattern: '^[0-9a-f]{64}$' })
    .describe('SHA-256 of the key in lower-case hex. The key itself is nowhere.'),
  kind: z
    .enum(['inference', 'management'])
    .default('inference')
    .describe('A management key reads account and activity, and cannot run inference.'),
  budget: z
    .strictObject({
      limit_usd: usd,
      reset: z
        .enum(['never', 'daily', 'weekly', 'monthly'])
        .default('never')
        .describe('At 00:00 UTC; weeks begin on Monday.'),
    })
    .nullable()
    .default(null)
    .describe('Most that may be charged to the key in one period; null: no limit.'),
  requests_per_minute: count.nullable().default(null).describe('In any 60 seconds; null: no limit.'),
  ...access,
  markup_percent: z
    .number()
    .nonnegative()
    .max(1000)
    .refine(value => Number.isInteger(Number((value * 100).toFixed(6))), {
      error: 'at most two digits behind the point',
      params: { rule: 'bad-amount' },
    })
    .default(0)
    .describe('Added to the cost of each request: 2.5 charges 1.025 times the cost.'),
  expires: z.iso
    .datetime({ offset: true, error: 'expected a time such as 2027-01-31T00:00:00Z' })
    .nullable()
    .default(null)
    .describe('From then on the key is refused; null: never.'),
  disabled: z.boolean().default(false).describe('Refuse the key.'),
})

/** Rules of the account or of a key, checked. */
export type AccessValues = Pick<z.output<typeof accountSchema>, keyof typeof access>
export type KeyValues = z.output<typeof keySchema>
