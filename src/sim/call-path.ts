import type { IncomingMessage } from 'node:http'
import { anthropicProtocol } from './anthropic/protocol.ts'
import type { ChatCall } from './chat-route.ts'
import { geminiProtocol } from './gemini/protocol.ts'
import { openaiProtocol } from './openai/protocol.ts'
import type { Protocol } from './protocol.ts'

/** What a path asks for, whatever the method. */
export type PathMeaning =
  | { readonly kind: 'chat'; readonly call: ChatCall }
  /** Not a chat; errors are answered in the shape of `protocol`. */
  | { readonly kind: 'other'; readonly protocol: Protocol }

/**
 * Reads where a request goes. Pure.
 *
 * `/{provider}/v1/chat/completions`, `/{provider}/v1/messages`,
 * `/{provider}/v1beta/models/{model}:generateContent` and `:streamGenerateContent?alt=sse` (also under `v1`,
 * which newer clients call). Elsewhere the path
 * or, for `/v1`, the header that Anthropic's clients send tells whose error shape is expected.
 */
export function meaningOf({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): PathMeaning {
  const [path = '/', query = ''] = (url ?? '/').split('?', 2)
  const call = openaiCall(path) ?? anthropicCall(path) ?? geminiCall(path, query)
  return call ? { kind: 'chat', call } : { kind: 'other', protocol: ownerOf(path, headers) }
}

function openaiCall(path: string): ChatCall | null {
  const provider = /^\/([^/]+)\/v1\/chat\/completions$/.exec(path)?.[1]
  return provider === undefined ? null : callOf(openaiProtocol, provider)
}

function anthropicCall(path: string): ChatCall | null {
  const provider = /^\/([^/]+)\/v1\/messages$/.exec(path)?.[1]
  return provider === undefined ? null : callOf(anthropicProtocol, provider)
}

function geminiCall(path: string, query: string): ChatCall | null {
  const [, provider, model, verb] =
    /^\/([^/]+)\/v1(?:beta)?\/models\/(.+):(generateContent|streamGenerateContent)$/.exec(path) ?? []
  if (provider === undefined || model === undefined) return null
  const stream = verb === 'streamGenerateContent'
  // Without `alt=sse` the real stream is one JSON array, which no client here reads: it is an unknown path.
  if (stream && new URLSearchParams(query).get('alt') !== 'sse') return null
  return { ...callOf(geminiProtocol, provider), model: decoded(model), stream }
}

function callOf(protocol: Protocol, provider: string): ChatCall {
  return { protocol, providerId: decoded(provider), model: null, stream: false }
}

function ownerOf(path: string, headers: IncomingMessage['headers']): Protocol {
  if (/^\/[^/]+\/v1(beta(\/|$)|\/models\/.+:)/.test(path)) return geminiProtocol
  const isAnthropic = 'anthropic-version' in headers || /^\/[^/]+\/v1\/messages\//.test(path)
  return isAnthropic ? anthropicProtocol : openaiProtocol
}

/** The text as it was before it was put into a path; itself when that cannot be told. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone `%` is no escape: then no provider has that name, and the answer is 404.
    return text
  }
}
