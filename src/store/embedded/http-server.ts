import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import pLimit from 'p-limit'
import type { Engine } from './engine.ts'
import { sendError, sendResult } from './http-answer.ts'
import { BadRequest, readHttpStatement } from './http-request.ts'

export interface HttpServerOptions {
  readonly engine: Engine
  /** Folder for rows on their way into the engine. */
  readonly incomingDir: string
  /** Said in every answer, so that a client can tell this store from another on the same port. */
  readonly storeId: string
}

/** Header that carries the store's id. */
export const storeIdHeader = 'x-routebench-store'

/** Statements that run at once; each takes one thread of Node's pool, which the child makes larger than this. */
const maxRunning = 12

/** ClickHouse's HTTP interface over an engine: statements, `/ping`. Not listening yet. */
export function createHttpServer(options: HttpServerOptions): Server {
  const limit = pLimit(maxRunning)
  const server = createServer((message, response) => {
    response.setHeader(storeIdHeader, options.storeId)
    response.setHeader('x-clickhouse-server-display-name', 'routebench embedded')
    answer({ ...options, message, response, limit }).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, error)
      else response.destroy()
    })
  })
  // Longer than clients keep an idle connection, so that they never write to one that is being closed.
  server.keepAliveTimeout = 60_000
  server.requestTimeout = 0
  return server
}

interface Exchange extends HttpServerOptions {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly limit: <Result>(work: () => Promise<Result>) => Promise<Result>
}

async function answer(exchange: Exchange): Promise<void> {
  const { message, response, engine, incomingDir, limit } = exchange
  refuseForeignPages(message)
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://store')
  if (pathname === '/ping' || (message.method === 'GET' && !searchParams.has('query'))) {
    response.end('Ok.\n')
    return
  }
  const statement = await readHttpStatement(message, incomingDir)
  response.setHeader('x-clickhouse-query-id', searchParams.get('query_id') ?? crypto.randomUUID())
  try {
    const result = await limit(() => engine.run(statement.request))
    await sendResult(response, result, { message, statement })
  } finally {
    if (statement.rowsPath) await rm(statement.rowsPath, { force: true })
  }
}

/**
 * A web page may send requests to loopback, and this store asks for no password: what comes from a page, or for
 * a name that is not loopback (DNS rebinding), is refused.
 */
function refuseForeignPages({ headers }: IncomingMessage): void {
  const host = (headers.host ?? '').replace(/:\d+$/, '')
  if (headers.origin !== undefined || !['127.0.0.1', 'localhost', '[::1]'].includes(host)) {
    throw new BadRequest(403, 'This store answers programs on this machine, not web pages')
  }
}
