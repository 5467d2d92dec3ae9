import type { AttemptRecord } from '../../src/record/index.ts'
import type { AttemptFacts } from '../../src/sim/index.ts'

/** What a row of an attempt says that a provider's log can be held against. */
export function attemptFactsOf(row: AttemptRecord): AttemptFacts {
  return {
    spanId: row.span_id,
    endpoint: row.endpoint,
    outcome: row.outcome,
    errorType: row.error_type,
    httpStatus: row.http_status,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    cost: row.cost_usd,
  }
}
