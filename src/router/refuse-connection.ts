import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type ApiError, apiError, errorObject } from './api-error.ts'

/** Answers for what never became a request, by the code of Node's parser; all else is 400. */
const refusals: ReadonlyMap<string, readonly [status: number, message: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'The headers of the request are too large']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'The chunk extensions of the request are too large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'The request did not come in time']],
])

/** The error for a request that cannot be read as HTTP. */
export function unreadableRequest(code: string): ApiError {
  const [status, message] = refusals.get(code) ?? [400, 'The request is not valid HTTP']
  return { ...apiError('invalid_request', message), status }
}

/** Writes an error on a connection that has no request to answer, and closes it. */
export function refuseConnection(socket: Socket, error: ApiError): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify({ error: errorObject(error) })
  socket.write(
    [
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
  socket.destroySoon()
}
