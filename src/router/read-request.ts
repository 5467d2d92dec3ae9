import { nsPerMs } from '../core/index.ts'
import { combineAccessRules } from '../policy/index.ts'
import { apiError } from './api-error.ts'
import { chatBytes } from './api/chat-bytes.ts'
import { type ChatRequest, type ChatRequestOptions, parseChatRequest } from './chat-request.ts'
import type { Inbound } from './inbound.ts'
import { readBody } from './read-body.ts'
import { refuse } from './refuse.ts'
import { accessTo, modelInUse } from './route.ts'
import { leaveBody, unreadBodyErrors } from './unread-body.ts'

/** Reads the body of a request and what it asks; null: it was refused, and answered. */
export async function readRequest(inbound: Inbound): Promise<ChatRequest | null> {
  const { context, http, call } = inbound
  const { clock, settings } = context
  const untilNs = call.receivedNs + settings.receiveMs * nsPerMs
  const body = await readBody(http.req, { maxBytes: settings.maxBodyBytes, clock, untilNs })
  if (body.kind !== 'ok') {
    leaveBody(http, body.kind, clock)
    refuse(inbound, unreadBodyErrors[body.kind])
    return null
  }
  const asked = chatBytes(call.operation, body.bytes)
  if (!asked.ok) {
    refuse(inbound, apiError('invalid_request', asked.problem))
    return null
  }
  const parsed = parseChatRequest(asked.bytes, optionsOf(inbound))
  if (parsed.ok) return parsed.request
  refuse(inbound, parsed.error, parsed)
  return null
}

/** What the reading of this request depends on besides its body. */
export function optionsOf({ context, http, call, caller }: Inbound): ChatRequestOptions {
  const { settings } = context
  return {
    catalog: context.catalog,
    tables: settings.tables,
    rules: combineAccessRules(settings.account, caller.rules),
    rng: context.rng.fork(call.itemId || call.requestId),
    maxModels: settings.maxModels,
    headers: http.req.headers,
    canServe: endpoint => accessTo(endpoint, context) === 'ready',
    modelInUse: (body, pool) => modelInUse(context, { ...call, callerId: caller.id }, { body, pool }),
  }
}
