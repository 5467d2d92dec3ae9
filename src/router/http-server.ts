import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { type ApiError, apiError } from './api-error.ts'
import { answerCrossOrigin } from './cross-origin.ts'
import { createIdleConnections } from './idle-connections.ts'
import { refuseConnection, unreadableRequest } from './refuse-connection.ts'
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

interface Open {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/**
 * Makes an HTTP server that strangers may talk to: what is no HTTP gets an error and a closed connection, headers and
 * bodies have sizes and deadlines, and connections without a request are bounded in time and number.
 */
export function createHttpServer({ settings, onRequest }: HttpServerOptions): HttpServer {
  const idle = createIdleConnections(() => settings().maxIdleConnections)
  const answers = new Map<Socket, Set<Open>>()

  function begin(open: Open): void {
    const { socket } = open.req
    idle.wake(socket)
    const running = answers.get(socket) ?? new Set()
    answers.set(socket, running.add(open))
    open.res.once('close', () => {
      running.delete(open)
      if (running.size > 0) return
      answers.delete(socket)
      idle.rest(socket)
    })
  }

  function take(req: IncomingMessage, res: ServerResponse): void {
    // A caller that resets its connection is no defect: `close` tells the request.
    res.on('error', () => undefined)
    begin({ req, res })
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
  server.on('connection', socket => {
    idle.rest(socket)
    socket.once('close', () => idle.wake(socket))
  })
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    // A body that will be refused for its length need not be sent.
    if (Number(req.headers['content-length'] ?? 0) <= settings().maxBodyBytes) res.writeContinue()
    take(req, res)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket instanceof Socket) refuseRest(socket, error.code ?? '')
  })

  /** The rest of what came on a connection is no request. Answers that are still running go out before. */
  function refuseRest(socket: Socket, code: string): void {
    socket.pause()
    const running = [...(answers.get(socket) ?? [])]
    const last = running.at(-1)
    const refuse = () => refuseConnection(socket, unreadableRequest(code))
    if (!last) return refuse()
    if (last.req.complete) return void last.res.once('close', refuse)
    // The broken part belongs to a request that is being read: the answer is its own.
    if (running.length === 1 && !last.res.headersSent) return refuse()
    return void socket.destroy()
  }

  function applySettings(): void {
    const { receiveHeadersMs, receiveMs, idleConnectionMs } = settings()
    server.keepAliveTimeout = idleConnectionMs
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
