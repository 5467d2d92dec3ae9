import type { JsonObject } from '../../core/index.ts'
import type { EncodedRequest, EncodeOptions } from '../protocol.ts'
import { withoutRouterFields } from '../request-fields.ts'

/**
 * The body for an OpenAI-compatible provider: the caller's fields as they are, the provider's model name,
 * no router fields, and usage asked for in streams. Nothing else is changed. Pure.
 */
export function encodeChatRequest(
  fields: JsonObject,
  { upstreamModel, stream }: EncodeOptions,
): EncodedRequest {
  const { kept, unsupported } = withoutRouterFields(fields)
  const { stream_options: _ours, ...rest } = kept
  const body = JSON.stringify({
    ...rest,
    model: upstreamModel,
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
  })
  return {
    path: '/chat/completions',
    headers: {},
    keyHeader: 'authorization',
    body,
    leftOut: unsupported,
    changed: [],
  }
}
