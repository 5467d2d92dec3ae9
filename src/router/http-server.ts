import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { type ApiError, apiError } from './api-error.ts'
import { answerCrossOrigin } from './cross-origin.ts'
import { createConnections } from './connections.ts'
import { sendError } from './send-json.ts'
import type { RouterSettings } from './settings.ts'

/** What a server does with requests. */
export interface HttpServerOptions {
  /** Read anew for each request, so that they may change. */
  readonly settings: () => RouterSettings
  /** Answers a request that can be answered. */
  readonly onRequest: (req: IncomingMessage, res: ServerResponse) => void
}

/** An HTTP server, not yet listening. */
export interface HttpServer {
  readonly server: Server
  /** Takes over what the server itself keeps of the settings: the times of its connections. */
  applySettings(): void
}

/** Far more than any client sends; the parser alone would drop what is beyond its own bound without a word. */
const maxHeaders = 200
/** All headers of a request together; beyond, the parser refuses with 431. */
const maxHeaderBytes = 32 * 1024
/** How often connections are looked at that take too long. */
const checkEveryMs = 1_000
/** The body's own deadline answers first; this one is for requests whose body nobody reads. */
const receiveGraceMs = 5_000

/**
 * Makes an HTTP server that strangers may talk to: what is no HTTP gets an error and a closed connection, headers and
 * bodies have sizes and deadlines, and connections without a request are bounded in time and number.
 */
export function createHttpServer({ settings, onRequest }: HttpServerOptions): HttpServer {
  const connections = createConnections(() => settings().maxIdleConnections)

  function take(req: IncomingMessage, res: ServerResponse): void {
    // A caller that resets its connection is no defect: `close` tells the request.
    res.on('error', () => undefined)
    connections.begin({ req, res })
    const refusal = headProblem(req)
    if (refusal) {
      res.setHeader('connection', 'close')
      return sendError(res, refusal)
    }
    if (answerCrossOrigin({ req, res }, settings())) return
    onRequest(req, res)
  }

  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, connectionsCheckingInterval: checkEveryMs, noDelay: true },
    take,
  )
  server.maxHeadersCount = 0
  server.on('connection', connections.add)
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    // A body that will be refused for its length need not be sent.
    if (Number(req.headers['content-length'] ?? 0) <= settings().maxBodyBytes) res.writeContinue()
    take(req, res)
  })
  server.on('timeout', connections.timeOut)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket instanceof Socket) connections.refuse(socket, error.code ?? '')
  })

  function applySettings(): void {
    const { receiveHeadersMs, receiveMs, idleConnectionMs, unreadMs } = settings()
    server.keepAliveTimeout = idleConnectionMs
    // Node counts it from the last progress in either direction, and tells `timeout`.
    server.timeout = unreadMs
    server.headersTimeout = receiveHeadersMs
    server.requestTimeout = receiveMs + receiveGraceMs
  }
  applySettings()
  return Object.freeze<HttpServer>({ server, applySettings })
}

/** What is wrong with the head of a request that the parser lets through; null: nothing. */
function headProblem({ headers, rawHeaders }: IncomingMessage): ApiError | null {
  if (rawHeaders.length > 2 * maxHeaders) {
    const error = apiError('invalid_request', `The request has more than ${maxHeaders} headers`)
    return { ...error, status: 431 }
  }
  const coding = headers['transfer-encoding']
  // Where such a body ends is anybody's guess, and guesses that differ are how requests are smuggled.
  if (coding === undefined || coding.toLowerCase() === 'chunked') return null
  return apiError('invalid_request', 'The transfer coding of the request is not supported')
}
