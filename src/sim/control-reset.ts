import { z } from 'zod'
import { createRng } from '../core/index.ts'
import type { MarketReset } from './market.ts'

const rule = z.strictObject({
  provider: z.string(),
  model: z.string().nullable().default(null),
  kind: z.enum(['status', 'rate_limit', 'slow_first_token', 'cut_stream', 'outage']),
  status: z.int().min(400).max(599).default(503),
  fromMs: z.number().min(0).default(0),
  toMs: z.number().min(0).nullable().default(null),
  ratio: z.number().min(0).max(1).default(1),
  delayMs: z.number().min(0).default(0),
})

const reset = z.strictObject({ faults: z.array(rule).default([]), seed: z.string().nullable().default(null) })

/**
 * Reads the body of `POST /control/reset`: `{ "faults": [FaultRule, …], "seed": "…" }`, both optional.
 * Without a seed the draws begin again as they were.
 *
 * @returns everything wrong with it as a text, or the reset.
 */
export function parseReset(body: unknown): MarketReset | string {
  const parsed = reset.safeParse(body)
  if (!parsed.success) return z.prettifyError(parsed.error)
  const { faults, seed } = parsed.data
  return { faults, rng: seed === null ? null : createRng(seed) }
}
