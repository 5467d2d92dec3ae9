import type { Endpoint } from '../../catalog/index.ts'
import type { JsonObject } from '../../core/index.ts'
import type { RouterContext } from '../context.ts'
import { accessTo, keyAliasesOf } from '../route.ts'
import { found, type KnownRead, type ReadAnswer, refused } from './read.ts'

/**
 * `GET /endpoints/states`: of every endpoint that this router can call, or of the one that `endpoint` names, whether it serves
 * now, and since when.
 */
export function listStates({ context, query }: KnownRead): ReadAnswer {
  const unknown = [...query.keys()].find(name => name !== 'endpoint')
  if (unknown !== undefined) return refused('invalid_request', `${unknown}: not supported, only endpoint is`)
  const asked = query.get('endpoint')
  const endpoints = [...context.catalog.endpoints.values()].filter(({ id }) => asked === null || id === asked)
  const callable = endpoints.filter(endpoint => accessTo(endpoint, context) === 'ready')
  return found({ data: callable.map(endpoint => stateBody(endpoint, context)) })
}

function stateBody(endpoint: Endpoint, context: RouterContext): JsonObject {
  const { clock, health, states } = context
  const { state, sinceNs, untilNs, reason } = health.state(endpoint.id, keyAliasesOf(endpoint.id, context))
  const last = states.last(endpoint.id)
  const isKnown = last !== undefined || state !== 'closed'
  const timeOf = (atNs: number) => new Date(clock.toEpochUs(atNs) / 1000).toISOString()
  return {
    endpoint_id: endpoint.id,
    model_id: endpoint.modelId,
    provider_name: endpoint.provider.name,
    tag: endpoint.tag,
    // Nothing speaks against an endpoint that was never called, and nothing for it.
    state: isKnown ? state : 'unknown',
    since: Number.isFinite(sinceNs) && isKnown ? timeOf(sinceNs) : null,
    until: untilNs > 0 ? timeOf(untilNs) : null,
    reason,
    last_attempt: last
      ? {
          at: timeOf(last.endedNs),
          kind: last.isProbe ? 'probe' : 'traffic',
          outcome: last.outcome,
          error_type: last.errorType,
          latency_ms: last.latencyMs,
          ttft_ms: last.ttftMs,
        }
      : null,
  }
}
