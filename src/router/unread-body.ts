import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, nsPerMs } from '../core/index.ts'
import { type ApiError, apiError } from './api-error.ts'
import type { BodyResult } from './read-body.ts'

type Unread = Exclude<BodyResult['kind'], 'ok'>

/** What a caller is told whose body was not taken; null: it has gone already. */
export const unreadBodyErrors: Readonly<Record<Unread, ApiError | null>> = Object.freeze({
  aborted: null,
  too_large: apiError('payload_too_large', 'Request payload too large'),
  not_text: apiError('invalid_request', 'The request body is not valid UTF-8'),
  too_slow: {
    ...apiError('invalid_request', 'The request body did not come in time'),
    status: 408,
    publicType: 'timeout',
  },
})

/** Time for a caller to read its refusal before its connection is cut. */
const lingerMs = 2_000

/**
 * Before a body is refused: sees to its connection. To close at once would throw away the refusal of a caller that is
 * still sending, so the rest of a body that is too large is thrown away for a while first.
 */
export function leaveBody(
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
  kind: Unread,
  clock: Clock,
): void {
  if (kind === 'too_slow') res.setHeader('connection', 'close')
  if (kind !== 'too_large') return
  const read = new AbortController()
  req.once('end', () => read.abort(null))
  req.once('close', () => read.abort(null))
  req.resume()
  void clock.sleepUntil(clock.monoNs() + lingerMs * nsPerMs, read.signal).then(
    () => req.socket.destroy(),
    () => undefined,
  )
}
