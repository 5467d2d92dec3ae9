import { apiError } from './api-error.ts'
import { chat, type Http } from './chat.ts'
import type { RouterContext } from './context.ts'
import { endpointsBody, modelBody } from './models-body.ts'
import { sendError, sendJson } from './send-json.ts'

/** Answers one HTTP request. `isDraining`: the router is closing. */
export async function answerHttp(
  context: RouterContext,
  http: Http,
  isDraining: () => boolean,
): Promise<void> {
  const { req, res } = http
  const url = URL.parse(req.url ?? '/', 'http://router')
  if (!url) return sendError(res, apiError('invalid_request', 'The request has no valid URL'))
  // `/v1` is a plain alias of OpenRouter's `/api/v1`.
  const path = url.pathname.replace(/^\/api(?=\/v1\/)/, '').replace(/(?<=.)\/$/, '')
  if (path === '/v1/chat/completions') {
    return req.method === 'POST' ? chat(context, http) : methodNotAllowed(http, 'POST')
  }
  if (req.method !== 'GET' && req.method !== 'HEAD') return methodNotAllowed(http, 'GET')
  if (path === '/healthz') return sendJson(res, 200, { status: 'ok' })
  if (path === '/readyz') {
    return sendJson(res, isDraining() ? 503 : 200, { status: isDraining() ? 'draining' : 'ok' })
  }
  return answerRead(context, http, { path, query: url.searchParams })
}

interface Target {
  readonly path: string
  readonly query: URLSearchParams
}

function answerRead(context: RouterContext, { res }: Http, { path, query }: Target): void {
  if (path === '/v1/models') {
    const data = [...context.catalog.models.values()].map(modelBody)
    return sendJson(res, 200, { data, total_count: data.length, links: { next: null } })
  }
  if (path === '/v1/generation') {
    const data = context.generations.get(query.get('id') ?? '')
    return data ? sendJson(res, 200, { data }) : notFound(res)
  }
  if (path === '/v1/key') return sendJson(res, 200, { data: keyBody })
  const model = /^\/v1\/models\/([^/]+\/[^/]+)\/endpoints$/.exec(path)?.[1]
  const known = model === undefined ? undefined : context.catalog.models.get(decode(model))
  return known ? sendJson(res, 200, { data: endpointsBody(known, context.health.read) }) : notFound(res)
}

/** Keys are not checked yet, so every caller has the same one, without limits. */
const keyBody = {
  label: 'local',
  limit: null,
  limit_remaining: null,
  limit_reset: null,
  is_free_tier: false,
  is_management_key: false,
  rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
}

function notFound(res: Http['res']): void {
  sendError(res, apiError('not_found', 'Resource not found'))
}

function methodNotAllowed({ res }: Http, allowed: string): void {
  res.setHeader('allow', allowed)
  sendError(res, { ...apiError('invalid_request', 'Method not allowed'), status: 405 })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray percent sign names no model.
    return text
  }
}
