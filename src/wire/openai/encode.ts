import type { JsonObject } from '../../core/index.ts'

/** Body fields that are instructions to a router and mean nothing to a provider. */
const routerFields = new Set([
  'provider',
  'models',
  'route',
  'session_id',
  'plugins',
  'transforms',
  'usage',
  'trace',
  'debug',
])

/** What changes between the caller's request and the provider's. */
export interface EncodeOptions {
  /** Model name in the provider's own API. */
  readonly upstreamModel: string
  readonly stream: boolean
}

/**
 * The body for an OpenAI-compatible provider: the caller's fields as they are, the provider's model name,
 * no router fields, and usage asked for in streams. Nothing else is changed. Pure.
 */
export function encodeChatRequest(body: JsonObject, { upstreamModel, stream }: EncodeOptions): string {
  const kept = Object.entries(body).filter(([name]) => !routerFields.has(name) && name !== 'stream_options')
  return JSON.stringify({
    ...Object.fromEntries(kept),
    model: upstreamModel,
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
  })
}
