import type { IncomingMessage } from 'node:http'
import { type Clock, nsPerMs } from '../core/index.ts'

/** Longest time for the rest of a body that nobody wants. */
const dropMs = 2_000

/**
 * Throws away the rest of a body, for at most 2 s. A connection that is closed while its caller still sends takes the
 * answer with it.
 */
export async function dropBody(req: IncomingMessage, clock: Clock): Promise<void> {
  if (req.complete || req.destroyed) return
  const dropped = new AbortController()
  const stop = () => dropped.abort(null)
  req.once('end', stop).once('close', stop).resume()
  await clock.sleepUntil(clock.monoNs() + dropMs * nsPerMs, dropped.signal).catch(() => undefined)
}
