import type { AnswerPlan, Refusal } from './model/answer.ts'
import type { Exchange } from './exchange.ts'
import { limitHeaders } from './limit-headers.ts'
import type { LimitState, RateState } from './model/rate-limiter.ts'
import type { HeaderFacts, Protocol } from './protocol.ts'
import { sendError } from './send-error.ts'
import type { Tally } from './tally.ts'

/** Where a refusal happens. */
export interface RefusalScene extends Omit<HeaderFacts, 'rate' | 'retryAfterMs'> {
  readonly model: string
  readonly protocol: Protocol
  readonly tally: Tally
}

/** Plays a plan that refuses: waits, then sends the protocol's error with the headers of its limits. */
export async function sendRefusal(
  exchange: Exchange,
  { refusal, atMs, rate }: AnswerPlan & { readonly kind: 'refusal' },
  scene: RefusalScene,
): Promise<void> {
  const { id, model, protocol, tally, speed } = scene
  await exchange.until(atMs)
  const limit = metLimit(refusal, rate)?.limit ?? null
  const answer = protocol.refusal(refusal, { id, model, limit, speed })
  tally.status(answer.status)
  const isPage = refusal.kind === 'status' && refusal.body === 'html'
  sendError(exchange, answer, { atMs, headers: headersOf({ refusal, rate, limit }, scene), isPage })
}

/** The limit that was met; null: none, or one that has no state to tell. */
function metLimit(refusal: Refusal, rate: RateState): LimitState | null {
  if (refusal.kind !== 'limited' || refusal.per === 'concurrency') return null
  const { limit, per = 'minute' } = refusal
  if (per === 'minute') return rate[limit]
  return rate[limit === 'tokens' ? 'tokensPerDay' : 'requestsPerDay'] ?? null
}

interface Met {
  readonly refusal: Refusal
  readonly rate: RateState
  readonly limit: number | null
}

/** The protocol's own headers; or, where a script chose a dialect for its 429, those of that dialect. */
function headersOf({ refusal, rate, limit }: Met, scene: RefusalScene): Readonly<Record<string, string>> {
  const { protocol, speed, epochMs } = scene
  if (refusal.kind !== 'limited') return protocol.headers({ ...scene, rate, retryAfterMs: null })
  const { retryAfterMs, dialect = 'native' } = refusal
  const waitMs = retryAfterMs === null ? null : retryAfterMs / speed
  const scripted = limitHeaders(dialect, { limit: limit ?? 60, waitMs, nowEpochMs: epochMs })
  if (!scripted) return protocol.headers({ ...scene, rate, retryAfterMs })
  const silent = protocol.headers({ ...scene, rate: { requests: null, tokens: null }, retryAfterMs: null })
  return { ...silent, ...scripted }
}
