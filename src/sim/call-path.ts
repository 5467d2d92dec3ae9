import type { IncomingMessage } from 'node:http'
import { anthropicProtocol } from './anthropic/protocol.ts'
import type { ChatCall } from './chat-route.ts'
import { geminiArrayProtocol, geminiProtocol } from './gemini/protocol.ts'
import { openaiProtocol } from './openai/protocol.ts'
import type { Protocol } from './protocol.ts'

/** What a path asks for, whatever the method. */
export type PathMeaning =
  | { readonly kind: 'chat'; readonly call: ChatCall }
  /** Counts a prompt without answering it. */
  | { readonly kind: 'count'; readonly call: ChatCall }
  /** Not a chat; errors are answered in the shape of `protocol`. */
  | { readonly kind: 'other'; readonly protocol: Protocol }

/**
 * Reads where a request goes. Pure.
 *
 * `/{provider}/v1/chat/completions`, `/{provider}/v1/messages`,
 * `/{provider}/v1beta/models/{model}:generateContent` and `:streamGenerateContent` (also under `v1`, which newer
 * clients call); `/v1/messages/count_tokens` and `:countTokens` count a prompt. Elsewhere the path or, for `/v1`,
 * the header that Anthropic's clients send tells whose error shape is expected.
 */
export function meaningOf({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): PathMeaning {
  const [path = '/', query = ''] = (url ?? '/').split('?', 2)
  const call = openaiCall(path) ?? anthropicCall(path) ?? geminiCall(path, query)
  if (call) return { kind: 'chat', call }
  const count = countCall(path)
  return count ? { kind: 'count', call: count } : { kind: 'other', protocol: ownerOf(path, headers) }
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
  const isArray = stream && new URLSearchParams(query).get('alt') !== 'sse'
  const protocol = isArray ? geminiArrayProtocol : geminiProtocol
  return { ...callOf(protocol, provider), model: decoded(model), stream }
}

function countCall(path: string): ChatCall | null {
  const provider = /^\/([^/]+)\/v1\/messages\/count_tokens$/.exec(path)?.[1]
  if (provider !== undefined) return callOf(anthropicProtocol, provider)
  const [, host, model] = /^\/([^/]+)\/v1(?:beta)?\/models\/(.+):countTokens$/.exec(path) ?? []
  if (host === undefined || model === undefined) return null
  return { ...callOf(geminiProtocol, host), model: decoded(model) }
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
