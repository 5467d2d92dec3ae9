import type { IncomingMessage } from 'node:http'

/** The result of reading a request body. */
export type BodyResult =
  | { readonly kind: 'ok'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  /** The caller went away before the end. */
  | { readonly kind: 'aborted' }

/** Reads a body of at most `maxBytes`; what is beyond is not kept. Never rejects. */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<BodyResult> {
  return new Promise(resolve => {
    const parts: Buffer[] = []
    let size = 0
    req.on('data', (part: Buffer) => {
      size += part.length
      if (size <= maxBytes) parts.push(part)
      else resolve({ kind: 'too_large' })
    })
    req.on('end', () => resolve({ kind: 'ok', bytes: Buffer.concat(parts) }))
    req.on('error', () => resolve({ kind: 'aborted' }))
    req.on('close', () => resolve({ kind: 'aborted' }))
  })
}
