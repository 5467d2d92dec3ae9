import type { JsonObject } from '../../core/index.ts'
import { createDepartures } from '../departures.ts'
import type { EncodedRequest, EncodeOptions } from '../protocol.ts'
import { withoutRouterFields } from '../request-fields.ts'
import { hostFields } from './host-fields.ts'
import { hostOf } from './hosts.ts'

/**
 * The request for a host of chat completions: the caller's fields, the provider's model name, no router fields, and usage
 * asked for in streams. What a host is known to take differently is said its way; nothing else is changed. Pure.
 */
export function encodeChatRequest(
  fields: JsonObject,
  { upstreamModel, stream, host: provider }: EncodeOptions,
): EncodedRequest {
  const departures = createDepartures()
  const host = hostOf(provider)
  const { kept, unsupported } = withoutRouterFields(fields)
  unsupported.forEach(departures.leaveOut)
  const { stream_options: _ours, ...rest } = kept
  const body = JSON.stringify({
    ...hostFields(rest, host, departures),
    model: upstreamModel,
    stream,
    ...(stream && host.hasStreamOptions && { stream_options: { include_usage: true } }),
  })
  return { path: '/chat/completions', headers: {}, keyHeader: 'authorization', body, ...departures.told() }
}
