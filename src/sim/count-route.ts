import type { IncomingMessage } from 'node:http'
import type { ChatCall } from './chat-route.ts'
import type { Market } from './market.ts'
import type { ErrorAnswer } from './protocol.ts'
import { maxBodyBytes, readJson } from './request-body.ts'

/**
 * Answers a call that counts a prompt: what the endpoint's usage would say of it. Nothing is billed, cached or
 * taken from limits. Rejects only when the caller leaves.
 */
export async function countPrompt(
  request: IncomingMessage,
  { protocol, providerId, model, stream }: ChatCall,
  market: Market,
): Promise<ErrorAnswer> {
  const { counting } = protocol
  const body = await readJson(request)
  if (body.kind === 'too_large')
    return protocol.badRequest(413, `The body is larger than ${maxBodyBytes} bytes.`, null)
  if (protocol.keyOf(request) === null) return protocol.missingKey
  const asked = body.kind === 'json' ? counting?.chatBody(body.value) : null
  const parsed = protocol.parse(asked, { outputTokens: null, model, stream })
  if (parsed.kind === 'invalid') return protocol.badRequest(400, parsed.message, parsed.param)
  const stall = market.stall(providerId, parsed.request.model)
  if (!stall) return protocol.unknownModel(parsed.request.model)
  return { status: 200, body: counting?.answerBody(stall.digest(parsed.request.prompt).tokens) ?? {} }
}
