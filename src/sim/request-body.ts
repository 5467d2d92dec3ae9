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
  const bytes = await readBytes(request)
  if (bytes === null) return { kind: 'too_large' }
  try {
    return { kind: 'json', value: JSON.parse(bytes.toString('utf8')) }
  } catch {
    // Not JSON is an answer of its own (400); the parser's message would quote the prompt.
    return { kind: 'malformed' }
  }
}

/** By its events: reading a request as an iterable costs as much as answering it. null: too large. */
function readBytes(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let bytes = 0
    request.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes <= maxBodyBytes) parts.push(part)
    })
    request.on('end', () => resolve(bytes > maxBodyBytes ? null : wholeOf(parts)))
    request.on('error', reject)
    request.on('close', () => {
      if (!request.complete) reject(new Error('The caller closed the connection.'))
    })
  })
}

function wholeOf(parts: readonly Buffer[]): Buffer {
  const [first] = parts
  return parts.length === 1 && first ? first : Buffer.concat(parts)
}
