import type { ApiError } from './api-error.ts'
import type { ChatRequest } from './chat-request.ts'
import { finish } from './finish.ts'
import type { Inbound, Unknown } from './inbound.ts'
import type { Route } from './route.ts'
import { sendError } from './send-json.ts'
import { neverRouted } from './settle-sticky.ts'

/** What was known of a request when it was refused. */
export interface Understood {
  /** As far as they could be read. */
  readonly model: string
  readonly stream: boolean
  readonly routed: { readonly request: ChatRequest; readonly route: Route } | null
}

const notUnderstood: Understood = { model: '', stream: false, routed: null }

/** Refuses a request before anything was tried, and records it; `error` null: the caller has gone already. */
export function refuse(
  from: Unknown | Inbound,
  error: ApiError | null,
  understood: Partial<Understood> = {},
): void {
  const { context, http, call } = from
  const { model, stream, routed } = { ...notUnderstood, ...understood }
  if (error) sendError(http.res, error)
  const endedNs = context.clock.monoNs()
  const headNs = error ? endedNs : null
  finish(from, {
    call,
    caller: 'caller' in from ? from.caller : null,
    requestedModel: model,
    stream,
    routed,
    attempts: [],
    charge: { charged: 0n, held: 0n },
    sticky: neverRouted,
    error,
    sent: { status: error?.status ?? 0, headNs, firstByteNs: headNs, firstCommentNs: null },
    endedNs,
  })
}
