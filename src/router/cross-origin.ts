import type { IncomingMessage, ServerResponse } from 'node:http'
import { apiError } from './api-error.ts'
import { sendError } from './send-json.ts'
import type { RouterSettings } from './settings.ts'

/** Own headers of answers that a page may read. */
const exposed =
  'x-generation-id, x-routebench-request-id, x-routebench-attempts, retry-after, retry-after-ms, x-openrouter-cache-status'

/**
 * Sees to requests of web pages, which browsers mark with `Origin`. Returns true when the request is answered with that.
 *
 * Any page can make a visitor's browser post to a loopback address. Where no key is asked for, that would let every
 * web site spend the operator's money, so it is refused unless `allowAnyOrigin` says otherwise.
 */
export function answerCrossOrigin(
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
  { allowAnyOrigin, callers }: RouterSettings,
): boolean {
  if (req.headers.origin === undefined) return false
  if (!allowAnyOrigin) {
    if (callers.keys.length > 0) return false
    sendError(res, apiError('permission_denied', 'Requests of web pages are refused by this router'))
    return true
  }
  res.setHeader('access-control-allow-origin', '*')
  res.setHeader('access-control-expose-headers', exposed)
  if (req.method !== 'OPTIONS') return false
  res.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    // The star stands for every header but `authorization`.
    'access-control-allow-headers': 'authorization, *',
    'access-control-max-age': '86400',
  })
  res.end()
  return true
}
