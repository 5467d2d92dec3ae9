import { type JsonObject, nsPerMs } from '../core/index.ts'
import { errorTypeOf } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import type { ChatRequest } from './chat-request.ts'
import type { Route } from './route.ts'

/**
 * `openrouter_metadata` in OpenRouter's shape (docs/router.md, Explanation), with what that shape has no place
 * for under `router_trace`: the reason and time of each attempt and every excluded endpoint. Pure.
 */
export function routerMetadata(route: Route, request: ChatRequest, attempts: readonly Attempt[]): JsonObject {
  const winner = attempts.find(a => a.isWinner)
  const { candidates } = route.decision
  const excluded = route.decision.models.flatMap(ranking => ranking.excluded)
  const stamps = winner?.exchange.stamps
  return {
    requested: request.requestedModels[0] ?? '',
    strategy: request.requestedModels.length > 1 ? 'fallback' : 'direct',
    region: null,
    summary: `${attempts.length} attempts, ${candidates.length} candidates, ${excluded.length} excluded`,
    attempt: winner?.no ?? 0,
    is_byok: false,
    endpoints: {
      total: candidates.length + excluded.length,
      available: candidates.map(({ endpoint }) => ({
        provider: endpoint.provider.name,
        model: endpoint.modelId,
        selected: endpoint === winner?.candidate.endpoint,
      })),
    },
    attempts: attempts.map(({ candidate: { endpoint }, exchange }) => ({
      provider: endpoint.provider.name,
      model: endpoint.modelId,
      status: exchange.status,
    })),
    ...(stamps && { generation_time: toMs(stamps.closedNs - stamps.sentNs) }),
    router_trace: {
      attempts: attempts.map(({ candidate: { endpoint }, exchange, reason }) => ({
        endpoint: endpoint.id,
        reason,
        error_type: errorTypeOf(exchange),
        total_ms: toMs(exchange.stamps.closedNs - exchange.stamps.sentNs),
      })),
      excluded: excluded.map(({ endpoint, rule, detail }) => ({ endpoint: endpoint.id, rule, detail })),
    },
  }
}

/** Nanoseconds as milliseconds with three places. */
export function toMs(ns: number): number {
  return Math.round(ns / (nsPerMs / 1000)) / 1000
}
