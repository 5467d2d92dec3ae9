import { z } from 'zod'
import { rescueModes } from '../rescue-mode.ts'
import { defaultRouterSettings, type RouterSettings } from '../settings.ts'
import { timerMs } from './scalars.ts'

const { retry, retryBudget, rescue } = defaultRouterSettings

const retrySchema = z
  .strictObject({
    max_retries: z
      .int()
      .min(0)
      .max(100)
      .default(retry.maxRetries)
      .describe('Of the same endpoint in one request, where no other is left; changes of the key apart.'),
    base_ms: timerMs
      .default(retry.baseMs)
      .describe('Bound of the first wait, which is drawn evenly from 0 on; doubles with each retry.'),
    cap_ms: timerMs.default(retry.capMs).describe('Bound of all waits that no provider asks for.'),
    max_wait_ms: timerMs
      .default(retry.maxWaitMs)
      .describe('A provider that asks for a longer wait is not retried.'),
    budget: z
      .strictObject({
        per_request: z
          .number()
          .min(0)
          .max(10)
          .default(retryBudget.perRequest)
          .describe('What each request adds, in attempts: 0.1 bounds them at 1.1 a request in the long run.'),
        reserve: z
          .number()
          .min(1)
          .max(100_000)
          .default(retryBudget.reserve)
          .describe('Most that is saved up, and what there is at first.'),
      })
      .prefault({})
      .describe(
        'What the router may spend on attempts beyond the first of each request. A change begins it anew.',
      ),
  })
  .prefault({})
  .describe('Attempts at an endpoint that has failed before.')

const hedgeSchema = z
  .strictObject({
    after: z
      .enum(['p50', 'p75', 'p90', 'p99'])
      .nullable()
      .default(null)
      .describe("Streams: that quantile of the endpoint's own first tokens; null: after_ms."),
    after_ms: timerMs
      .nullable()
      .default(null)
      .describe('Without a stream, and where no quantile is known; null: never.'),
    max_share: z.number().positive().max(1).default(0.05).describe('Most hedges among requests.'),
  })
  .nullable()
  .default(null)
  .describe('A second attempt beside one without a token for so long; the first token wins. null: off.')

/** What is done about attempts that fail or are slow. */
export const resilienceShape = {
  retry: retrySchema,
  hedge: hedgeSchema,
  rescue: z
    .enum(rescueModes)
    .default(rescue)
    .describe(
      'Streams that break off after their first token: off ends them with an error, restart answers anew behind a mark, resume goes on with the text elsewhere.',
    ),
}

interface ResilienceValues {
  readonly retry: z.output<typeof retrySchema>
  readonly hedge: z.output<typeof hedgeSchema>
  readonly rescue: RouterSettings['rescue']
}

/** The same as the router uses it. Pure. */
export function resilienceOf(
  values: ResilienceValues,
): Pick<RouterSettings, 'retry' | 'retryBudget' | 'hedge' | 'rescue'> {
  const { budget, ...own } = values.retry
  return {
    retry: {
      maxRetries: own.max_retries,
      baseMs: own.base_ms,
      capMs: own.cap_ms,
      maxWaitMs: own.max_wait_ms,
    },
    retryBudget: { perRequest: budget.per_request, reserve: budget.reserve },
    hedge: values.hedge && {
      after: values.hedge.after,
      afterMs: values.hedge.after_ms,
      maxShare: values.hedge.max_share,
    },
    rescue: values.rescue,
  }
}
