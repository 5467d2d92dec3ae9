import { type JsonObject, nsPerMs } from '../core/index.ts'
import type { StickyOutcome } from '../policy/index.ts'
import { errorTypeOf } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import type { ChatRequest } from './chat-request.ts'
import type { PipelineStage } from './plugins/pipeline-stage.ts'
import type { Route } from './route.ts'

/** What the metadata of an answer is made of. */
export interface MetadataOptions {
  readonly route: Route
  readonly request: ChatRequest
  readonly attempts: readonly Attempt[]
  readonly sticky: StickyOutcome
  /** What plugins did. */
  readonly pipeline: readonly PipelineStage[]
}

/**
 * `openrouter_metadata` in OpenRouter's shape (docs/router.md, Explanation), with what that shape has no place for
 * under `router_trace`: the whole explanation, what became of the conversation's pin, and each attempt. Pure.
 */
export function routerMetadata({ route, request, attempts, sticky, pipeline }: MetadataOptions): JsonObject {
  const winner = attempts.find(a => a.isWinner)
  const { explanation, decision } = route
  const { candidates } = decision
  const { excluded } = explanation
  const stamps = winner?.exchange.stamps
  return {
    requested: request.requestedModels[0] ?? '',
    strategy: explanation.strategy,
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
    // Whole milliseconds: the schema of OpenRouter's SDK takes no others.
    ...(stamps && { generation_time: Math.round((stamps.closedNs - stamps.sentNs) / nsPerMs) }),
    ...(pipeline.length > 0 && { pipeline }),
    router_trace: {
      ...explanation,
      sticky: { ...explanation.sticky, result: sticky.result, reason: sticky.reason },
      attempts: attempts.map(({ candidate: { endpoint }, exchange, kind, reason, backoffNs }) => ({
        endpoint: endpoint.id,
        kind,
        reason,
        error_type: errorTypeOf(exchange),
        ...(exchange.deadline !== null && { deadline: exchange.deadline }),
        ...(backoffNs > 0 && { backoff_ms: toMs(backoffNs) }),
        total_ms: toMs(exchange.stamps.closedNs - exchange.stamps.sentNs),
      })),
    },
  }
}

/** Nanoseconds as milliseconds with three places. */
export function toMs(ns: number): number {
  return Math.round(ns / (nsPerMs / 1000)) / 1000
}
