import { z } from 'zod'
import type { QueueSettings } from '../queues/provider-queues.ts'
import { defaultRouterSettings } from '../settings.ts'
import { count, timerMs } from './scalars.ts'

const { everyProvider } = defaultRouterSettings.queues

const maxConcurrent = count
  .max(1_000_000)
  .nullable()
  .describe('Requests under way at the provider at once; null: no bound, so nobody waits.')
const maxWaiting = z
  .int()
  .min(0)
  .max(100_000)
  .describe('Requests that may wait for a place; what comes on top falls back at once.')
const maxWaitMs = timerMs.describe('Longest wait for a place; then the request falls back.')

/** `queue`: places at providers. */
export const queueSchema = z
  .strictObject({
    max_concurrent: maxConcurrent.default(everyProvider.maxConcurrent),
    max_waiting: maxWaiting.default(everyProvider.maxWaiting),
    max_wait_ms: maxWaitMs.default(everyProvider.maxWaitMs),
    providers: z
      .record(
        z.string().trim().toLowerCase().min(1),
        z.strictObject({
          max_concurrent: maxConcurrent.optional(),
          max_waiting: maxWaiting.optional(),
          max_wait_ms: maxWaitMs.optional(),
        }),
      )
      .default({})
      .describe('By provider: what is different there.'),
  })
  .prefault({})
  .describe('How many requests may be under way at one provider, and wait to be.')

/** Places at providers as the router uses them. Pure. */
export function queuesOf(queue: z.output<typeof queueSchema>): QueueSettings {
  const { providers, ...every } = queue
  const limits = {
    maxConcurrent: every.max_concurrent,
    maxWaiting: every.max_waiting,
    maxWaitMs: every.max_wait_ms,
  }
  return {
    everyProvider: limits,
    providers: new Map(
      Object.entries(providers).map(([id, own]) => [
        id,
        {
          // null is a bound of its own here: none.
          maxConcurrent: own.max_concurrent === undefined ? limits.maxConcurrent : own.max_concurrent,
          maxWaiting: own.max_waiting ?? limits.maxWaiting,
          maxWaitMs: own.max_wait_ms ?? limits.maxWaitMs,
        },
      ]),
    ),
  }
}
