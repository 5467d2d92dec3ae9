import type { JsonObject } from '../../core/index.ts'
import type { EncodedRequest, EncodeOptions } from '../protocol.ts'

/** Instructions to a router that the router has acted on; they mean nothing to a provider. */
const consumedFields = new Set(['provider', 'models', 'route', 'session_id', 'usage', 'metadata'])

/** Instructions to a router that nobody here acts on: leaving them out changes what the caller asked for. */
const unsupportedFields = new Set(['plugins', 'transforms', 'trace', 'debug'])

/**
 * The body for an OpenAI-compatible provider: the caller's fields as they are, the provider's model name,
 * no router fields, and usage asked for in streams. Nothing else is changed. Pure.
 */
export function encodeChatRequest(
  fields: JsonObject,
  { upstreamModel, stream }: EncodeOptions,
): EncodedRequest {
  const kept = Object.entries(fields).filter(
    ([name]) => !consumedFields.has(name) && !unsupportedFields.has(name) && name !== 'stream_options',
  )
  const body = JSON.stringify({
    ...Object.fromEntries(kept),
    model: upstreamModel,
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
  })
  return {
    path: '/chat/completions',
    headers: {},
    keyHeader: 'authorization',
    body,
    leftOut: Object.keys(fields).filter(name => unsupportedFields.has(name)),
    changed: [],
  }
}
