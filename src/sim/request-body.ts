import type { IncomingMessage } from 'node:http'

/** A request body as it came. */
export type RequestBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too_large' }

/** Largest body taken; what the strictest real provider allows. */
export const maxBodyBytes = 32 * 2 ** 20

/** Reads and parses a body. A body over the limit is read to its end but not kept. Rejects when the caller leaves. */
export async function readJson(request: IncomingMessage): Promise<RequestBody> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += part.length
    if (bytes <= maxBodyBytes) parts.push(part)
  }
  if (bytes > maxBodyBytes) return { kind: 'too_large' }
  try {
    return { kind: 'json', value: JSON.parse(Buffer.concat(parts).toString('utf8')) }
  } catch {
    // Not JSON is an answer of its own (400); the parser's message would quote the prompt.
    return { kind: 'malformed' }
  }
}
