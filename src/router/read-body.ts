import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/index.ts'

/** The result of reading a request body. */
export type BodyResult =
  | { readonly kind: 'ok'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  /** Its bytes are no UTF-8; to read them all the same would change what the caller said. */
  | { readonly kind: 'not_text' }
  /** It was not there in time. */
  | { readonly kind: 'too_slow' }
  /** The caller went away before the end. */
  | { readonly kind: 'aborted' }

/** Bounds on a body. */
export interface BodyBounds {
  readonly maxBytes: number
  readonly clock: Clock
  /** Monotonic nanoseconds by which all of it must be there. */
  readonly untilNs: number
}

/** Reads a body within bounds; what is beyond them is not kept. Never rejects. */
export async function readBody(req: IncomingMessage, bounds: BodyBounds): Promise<BodyResult> {
  const { maxBytes, clock, untilNs } = bounds
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) return { kind: 'too_large' }
  const done = new AbortController()
  const late = clock.sleepUntil(untilNs, done.signal).then(
    () => ({ kind: 'too_slow' }) as const,
    () => ({ kind: 'aborted' }) as const,
  )
  const result = await Promise.race([collect(req, maxBytes), late])
  // Without a reason, an exception with a stack would be made for each request.
  done.abort(null)
  return result.kind === 'ok' && !isUtf8(result.bytes) ? { kind: 'not_text' } : result
}

function collect(req: IncomingMessage, maxBytes: number): Promise<BodyResult> {
  return new Promise(resolve => {
    let parts: Buffer[] = []
    let size = 0
    req.on('data', (part: Buffer) => {
      size += part.length
      if (size <= maxBytes) return parts.push(part)
      parts = []
      return resolve({ kind: 'too_large' })
    })
    req.on('end', () => resolve({ kind: 'ok', bytes: Buffer.concat(parts) }))
    req.on('error', () => resolve({ kind: 'aborted' }))
    req.on('close', () => resolve({ kind: 'aborted' }))
  })
}
