import { z } from 'zod'
import { targetKeys } from './fault-schema.ts'

const positive = z.number().positive()
const seconds = z.number().nonnegative()
const mean = positive.optional()

const regimeName = z.enum(['healthy', 'slow', 'rate_limited', 'erroring', 'down'])

/** One entry of `simulation.regimes`. */
export const regimeSchema = z.strictObject({
  ...targetKeys,
  mean_seconds: z
    .strictObject({
      healthy: positive,
      slow: mean,
      rate_limited: mean,
      erroring: mean,
      down: mean,
    })
    .optional()
    .describe(
      'By lot: mean length of each regime; from healthy to one of the others named, each as likely, and back.',
    ),
  transitions: z
    .partialRecord(regimeName, z.partialRecord(regimeName, z.number().nonnegative()))
    .optional()
    .describe(
      'With mean_seconds: from each regime to others, by weight. A regime that is left out goes as without this key.',
    ),
  script: z
    .array(z.strictObject({ at_seconds: seconds, regime: regimeName }))
    .optional()
    .describe('By script: each regime holds until the next; healthy before the first.'),
  slow_factor: positive.default(4).describe('Latencies while slow are multiplied by this.'),
  ratio: z.number().gt(0).lte(1).default(1).describe('Share of requests hit while rate_limited or erroring.'),
  status: z.int().gte(400).lte(599).default(503).describe('HTTP status while erroring.'),
})

const usd = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'write USD per million tokens in quotes, such as "0.25" (at most 6 places)')
  .nullable()
  .default(null)

const base = {
  ...targetKeys,
  at_seconds: seconds.describe('From when on, in seconds after the start of the run.'),
}

/** One entry of `simulation.changes`. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('price').describe("Another price on the simulated provider's own bill."),
    input_usd_per_million: usd,
    output_usd_per_million: usd,
    cache_read_usd_per_million: usd,
    cache_write_usd_per_million: usd,
    ...base,
  }),
  z.strictObject({
    kind: z.literal('withdrawn').describe('The model is not served any more: 404.'),
    ...base,
  }),
  z.strictObject({
    kind: z.literal('swapped').describe('Another model answers under the same name.'),
    quality_factor: z
      .number()
      .nonnegative()
      .default(1)
      .describe('The share of right answers is multiplied by this.'),
    speed_factor: positive.default(1).describe('Speeds are multiplied by this.'),
    over_seconds: seconds.default(0).describe('Reached in a straight line over this time; 0: at once.'),
    ...base,
  }),
  z.strictObject({
    kind: z.literal('context').describe('A shorter context: 400 context_length_exceeded beyond it.'),
    context_tokens: z.int().positive(),
    ...base,
  }),
])

/** A regime as a file has it, defaults filled in. */
export type RegimeFile = z.output<typeof regimeSchema>

/** A change as a file has it, defaults filled in. */
export type ChangeFile = z.output<typeof changeSchema>
