import type { ServerResponse } from 'node:http'
import { type ApiError, errorObject } from './api-error.ts'

/** Sends a JSON answer whole. Does nothing when the connection is gone or an answer has begun. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  if (res.headersSent || res.destroyed) return
  const bytes = Buffer.from(JSON.stringify(body))
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length })
  res.end(bytes)
}

/** Sends an error by status, with `Retry-After` where one is known and the headers that it has. */
export function sendError(
  res: ServerResponse,
  error: ApiError,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  if (!res.headersSent && error.retryAfterMs !== null && (error.status === 429 || error.status === 503)) {
    res.setHeader('retry-after', String(Math.ceil(error.retryAfterMs / 1000)))
    res.setHeader('retry-after-ms', String(error.retryAfterMs))
  }
  if (!res.headersSent && error.headers) res.setHeaders(new Map(Object.entries(error.headers)))
  sendJson(res, error.status, { error: errorObject(error), ...extra })
}
