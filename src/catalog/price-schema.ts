import { z } from 'zod'
import type { PicoUsd } from '../core/index.ts'
import * as s from './scalars.ts'
import { type PriceAmounts, utcDays } from './types.ts'

/** Keys of a price that an endpoint may leave out. */
const optionalAmounts = {
  cache_read: s.pricePerMillion.optional(),
  cache_write: s.pricePerMillion.optional().describe('USD per million tokens written for five minutes.'),
  cache_write_1h: s.pricePerMillion.optional().describe('USD per million tokens written for an hour.'),
  reasoning: s.pricePerMillion.optional().describe('USD per million tokens; default: as output.'),
  audio: s.pricePerMillion.optional().describe('USD per million audio tokens; default: as input.'),
  audio_cache_read: s.pricePerMillion.optional(),
  audio_output: s.pricePerMillion.optional().describe('USD per million tokens; default: as output.'),
  image: s.price.optional().describe('USD per image that comes in, beside its tokens.'),
  image_token: s.pricePerMillion.optional().describe('USD per million tokens; default: as input.'),
  image_output: s.price.optional().describe('USD per image that goes out, beside its tokens.'),
  request: s.price.optional().describe('USD per request.'),
}

/** Keys of the price of an endpoint. */
export const priceKeys = { input: s.pricePerMillion, output: s.pricePerMillion, ...optionalAmounts }

/** The amounts of a price, and what files call them. */
export const amountNames = [
  ['input', 'input'],
  ['output', 'output'],
  ['cacheRead', 'cache_read'],
  ['cacheWrite', 'cache_write'],
  ['cacheWrite1h', 'cache_write_1h'],
  ['reasoning', 'reasoning'],
  ['audio', 'audio'],
  ['audioCacheRead', 'audio_cache_read'],
  ['audioOutput', 'audio_output'],
  ['image', 'image'],
  ['imageToken', 'image_token'],
  ['imageOutput', 'image_output'],
  ['request', 'request'],
] as const satisfies readonly (readonly [keyof PriceAmounts, keyof typeof priceKeys])[]

/** The amounts that a row or an override gives, before a discount. */
export type AmountRow = { readonly [K in keyof typeof priceKeys]?: PicoUsd | undefined }

/** One entry of `overrides`. */
export const priceOverride = z
  .strictObject({
    min_prompt_tokens: s.count.optional().describe('Holds for prompts of strictly more tokens.'),
    utc_start: s.clockTime.optional().describe('From this time of day on, UTC, as HHMM.'),
    utc_end: s.clockTime.optional().describe('Before this time of day; may be after midnight.'),
    utc_days: z.array(z.enum(utcDays)).optional(),
    input: s.pricePerMillion.optional(),
    output: s.pricePerMillion.optional(),
    ...optionalAmounts,
  })
  .superRefine((override, context) => {
    const message = uselessBecause(override)
    if (message) context.addIssue({ code: 'custom', message, params: { rule: 'bad-override' } })
  })

export type OverrideRow = z.output<typeof priceOverride>

/** Why an override never holds, always holds or changes nothing; null when it makes sense. */
function uselessBecause(override: OverrideRow): string | null {
  const { min_prompt_tokens: tokens, utc_start: start, utc_end: end, utc_days: days } = override
  if ((start === undefined) !== (end === undefined)) return 'utc_start and utc_end come together'
  if (start !== undefined && start === end) return 'utc_start and utc_end are the same time'
  if (days?.length === 0) return 'utc_days is empty, so it never holds'
  if (tokens === undefined && start === undefined && days === undefined)
    return 'without a condition it always holds: write the price itself'
  return amountNames.some(([, name]) => override[name] !== undefined) ? null : 'it changes no price'
}

/** A row as far as discounts are about it. */
type DiscountedRow = AmountRow & {
  readonly discount?: number | undefined
  readonly overrides?: readonly AmountRow[] | undefined
}

/** Says which amounts are no whole number of pico-USD after the discount: they would have to be rounded. */
export function discountFindings(row: DiscountedRow, context: z.core.$RefinementCtx): void {
  const { discount = 0, overrides = [] } = row
  const places = [
    { amounts: row, path: [] },
    ...overrides.map((amounts, index) => ({ amounts, path: ['overrides', index] })),
  ]
  for (const { amounts, path } of places) {
    for (const [, name] of amountNames) {
      const amount = amounts[name]
      if (amount === undefined || isWhole(amount, discount)) continue
      const message = 'less the discount it is finer than 1e-12 USD'
      context.addIssue({ code: 'custom', message, path: [...path, name], params: { rule: 'bad-price' } })
    }
  }
}

/** Whether nothing has to be rounded. */
function isWhole(amount: bigint, discountPpm: number): boolean {
  return (amount * BigInt(s.wholePpm - discountPpm)) % BigInt(s.wholePpm) === 0n
}
