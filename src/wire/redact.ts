import type { ExchangeOutcome } from './types.ts'

/** The outcome without the API key in its message: providers quote the key that they refuse. Pure. */
export function withoutKey(outcome: ExchangeOutcome, apiKey: string | null): ExchangeOutcome {
  if (outcome.kind !== 'error' || !apiKey) return outcome
  return { ...outcome, message: outcome.message.replaceAll(apiKey, '***') }
}
