import type { JsonObject } from '../../core/index.ts'

/** Instructions to a router that the router has acted on; they mean nothing to a provider. */
const consumedFields = new Set(['provider', 'models', 'route', 'session_id', 'usage', 'metadata'])

/** Instructions to a router that nobody here acts on: leaving them out changes what the caller asked for. */
const unsupportedFields = new Set(['plugins', 'transforms', 'trace', 'debug'])

/** What changes between the caller's request and the provider's. */
export interface EncodeOptions {
  /** Model name in the provider's own API. */
  readonly upstreamModel: string
  readonly stream: boolean
}

/** A body ready to send, and the caller's fields that it leaves out without anyone acting on them. */
export interface EncodedRequest {
  readonly body: string
  readonly leftOut: readonly string[]
}

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
  return { body, leftOut: Object.keys(fields).filter(name => unsupportedFields.has(name)) }
}
