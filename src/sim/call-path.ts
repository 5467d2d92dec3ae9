import type { IncomingMessage } from 'node:http'
import type { ChatCall } from './chat-route.ts'
import { openaiProtocol } from './openai/protocol.ts'
import type { Protocol } from './protocol.ts'

/** What a path asks for, whatever the method. */
export type PathMeaning =
  | { readonly kind: 'chat'; readonly call: ChatCall }
  /** Not a chat; errors are answered in the shape of `protocol`. */
  | { readonly kind: 'other'; readonly protocol: Protocol }

/** Reads the path of a request. Pure. */
export function meaningOf({ url }: Pick<IncomingMessage, 'url'>): PathMeaning {
  const path = (url ?? '/').split('?', 1)[0] ?? '/'
  const completions = /^\/([^/]+)\/v1\/chat\/completions$/.exec(path)
  if (completions) return chat(openaiProtocol, completions[1])
  return { kind: 'other', protocol: openaiProtocol }
}

function chat(protocol: Protocol, provider: string | undefined): PathMeaning {
  const providerId = decoded(provider ?? '')
  return { kind: 'chat', call: { protocol, providerId, model: null, stream: false } }
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
