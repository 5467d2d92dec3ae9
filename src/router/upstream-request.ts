import type { Endpoint } from '../catalog/index.ts'
import { type EncodedRequest, type WireProtocol, wireProtocols } from '../wire/index.ts'
import type { ChatRequest } from './chat-request.ts'
import { upstreamFields } from './upstream-fields.ts'
import type { JsonObject } from '../core/index.ts'

/** What one endpoint is asked, in its own protocol. */
export interface UpstreamRequest {
  readonly protocol: WireProtocol
  readonly encoded: EncodedRequest
  /** Fields of the caller that are left out, and what is said otherwise than it did. */
  readonly without: readonly string[]
  readonly changed: readonly string[]
}

/** What an upstream request is made of. */
export interface UpstreamRequestOptions {
  readonly endpoint: Endpoint
  readonly request: Pick<ChatRequest, 'stream' | 'route'>
  /** Fields of the caller's body, or of one that goes on with an answer. */
  readonly body: JsonObject
  /** Simulated providers have the protocols of the real ones, but not the paths of single hosts. */
  readonly isSimulated: boolean
}

/** Writes the request for one endpoint. Pure. */
export function upstreamRequest({
  endpoint,
  request,
  body,
  isSimulated,
}: UpstreamRequestOptions): UpstreamRequest {
  const { fields, dropped } = upstreamFields(body, endpoint)
  const protocol = wireProtocols[endpoint.provider.wire]
  const encoded = protocol.encode(fields, {
    upstreamModel: endpoint.upstreamModel,
    stream: request.stream,
    host: isSimulated ? '' : endpoint.provider.id,
    supports: endpoint.supportedParameters,
    defaultMaxTokens: roomFor(endpoint, request.route.estimatedInputTokens),
  })
  return { protocol, encoded, without: [...dropped, ...encoded.leftOut], changed: encoded.changed }
}

/** Estimates of prompts are off by so much, at most and mostly. */
const estimateMargin = 1.25
const leastRoom = 1024

/** The longest answer that fits beside a prompt. */
function roomFor(endpoint: Endpoint, promptTokens: number): number {
  const left = endpoint.contextTokens - Math.ceil(promptTokens * estimateMargin)
  return Math.min(endpoint.maxOutputTokens, Math.max(leastRoom, left))
}
