import { type ApiError, apiError } from './api-error.ts'
import { findRead } from './api/find-read.ts'
import type { ReadAnswer } from './api/read.ts'
import type { Operation } from './call.ts'
import { chat } from './chat.ts'
import type { RouterContext } from './context.ts'
import { epochMs, type Http } from './inbound.ts'
import { sendError, sendJson } from './send-json.ts'

const inference: Readonly<Record<string, Operation>> = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'completion',
}

/** Answers one HTTP request. */
export async function answerHttp(context: RouterContext, http: Http): Promise<void> {
  const url = URL.parse(http.req.url ?? '/', 'http://router')
  if (!url) return sendError(http.res, apiError('invalid_request', 'The request has no valid URL'))
  // `/v1` is a plain alias of OpenRouter's `/api/v1`.
  const path = url.pathname.replace(/^\/api(?=\/v1\/)/, '').replace(/(?<=.)\/$/, '')
  const operation = Object.hasOwn(inference, path) ? inference[path] : undefined
  if (operation) return isMethod(http, 'POST') ? chat(context, http, operation) : undefined
  if (path === '/healthz' || path === '/readyz') {
    return answerProbe(http, path === '/readyz' && context.door.isClosed() ? 'draining' : 'ok')
  }
  return answerRead(context, http, { path, url })
}

function answerProbe(http: Http, status: 'ok' | 'draining'): void {
  if (isMethod(http, 'GET')) sendJson(http.res, status === 'ok' ? 200 : 503, { status })
}

function answerRead(
  context: RouterContext,
  http: Http,
  { path, url }: { readonly path: string; readonly url: URL },
): void {
  const { req, res } = http
  const known = path.startsWith('/v1/') ? findRead(path.slice('/v1/'.length)) : undefined
  if (!known) return sendError(res, apiError('not_found', 'Resource not found'))
  if (!isMethod(http, 'GET')) return
  const { route, parts } = known
  const read = { context, path: url.pathname, parts, query: url.searchParams }
  const authenticated = context.keys.authenticate(req.headers.authorization, epochMs(context))
  if (!route.needsKey) {
    return sendAnswer(res, route.answer({ ...read, caller: authenticated.ok ? authenticated.caller : null }))
  }
  if (!authenticated.ok) return sendError(res, authenticated.error)
  return sendAnswer(res, route.answer({ ...read, caller: authenticated.caller }))
}

function sendAnswer(res: Http['res'], answer: ReadAnswer): void {
  if (answer.ok) sendJson(res, 200, answer.body)
  else sendError(res, answer.error)
}

/** Whether the request has the method of its route; if not, it is answered. HEAD goes wherever GET does. */
function isMethod({ req, res }: Http, method: 'GET' | 'POST'): boolean {
  if (req.method === method || (method === 'GET' && req.method === 'HEAD')) return true
  res.setHeader('allow', method === 'GET' ? 'GET, HEAD' : method)
  sendError(res, methodNotAllowed)
  return false
}

const methodNotAllowed: ApiError = { ...apiError('invalid_request', 'Method not allowed'), status: 405 }
