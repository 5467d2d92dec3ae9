import { createServer, type Server } from 'node:http'
import type { Catalog } from '../catalog/index.ts'
import { type Clock, nsPerMs, type Rng, UserError } from '../core/index.ts'
import type { RecordSink } from '../record/index.ts'
import { createHttpPool } from '../wire/index.ts'
import { apiError } from './api-error.ts'
import type { RouterContext } from './context.ts'
import { createGenerations } from './generations.ts'
import { createHealthBoard } from './health-board.ts'
import { createKeyRing } from './keys/key-ring.ts'
import { createLedger, type Ledger } from './keys/ledger.ts'
import { createPinTable } from './pin-table.ts'
import { answerHttp } from './routes.ts'
import { sendError } from './send-json.ts'
import { defaultRouterSettings, type RouterSettings } from './settings.ts'
import type { UpstreamResolver } from './upstream.ts'

/** What a router is made of. */
export interface RouterOptions {
  readonly catalog: Catalog
  readonly clock: Clock
  /** Routing draws; forked by planned item, so equal plans are routed equally. */
  readonly rng: Rng
  /** Takes the rows; not closed by the router. */
  readonly sink: RecordSink
  readonly upstream: UpstreamResolver
  /** Over `defaultRouterSettings`. */
  readonly settings?: Partial<RouterSettings>
  /** What callers have spent; not closed by the router. Default: in memory, ends with the process. */
  readonly ledger?: Ledger
  /** 0: any free one. Default 0. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Told about exceptions that are our own mistake. Default: nobody. */
  readonly onDefect?: (error: unknown) => void
}

/** Longer than callers' pools keep idle connections, so that none is closed under a request. */
const idleConnectionMs = 120_000

/** A running router. */
export interface Router {
  /** Base URL without a path: `http://127.0.0.1:4000`. The API is under `/api/v1`. */
  readonly url: string
  readonly port: number
  /** Stops accepting, lets running answers end for at most `drainMs`, then cuts what is left. */
  close(): Promise<void>
}

/**
 * Starts an OpenRouter-compatible router (docs/router.md) on `host:port`.
 *
 * @throws UserError E_PORT_IN_USE, E_CONFIG_INVALID (an address that cannot be bound).
 */
export async function openRouter(options: RouterOptions): Promise<Router> {
  const { port = 0, host = '127.0.0.1' } = options
  const context = createContext(options)
  const running = new Set<Promise<void>>()
  let draining = false

  const server = createServer({ keepAliveTimeout: idleConnectionMs }, (req, res) => {
    // A caller that resets its connection is no defect: `close` tells the request.
    res.on('error', () => undefined)
    if (draining) res.setHeader('connection', 'close')
    const answered = answerHttp(context, { req, res }, () => draining).catch((defect: unknown) => {
      context.onDefect(defect)
      sendError(res, apiError('router_internal', 'Internal Server Error'))
    })
    running.add(answered)
    void answered.finally(() => running.delete(answered))
  })
  const bound = await listen(server, { port, host })

  async function close(): Promise<void> {
    draining = true
    const closed = new Promise<void>(resolve => {
      server.close(() => resolve())
    })
    server.closeIdleConnections()
    await drained({ running, context })
    server.closeAllConnections()
    await Promise.all([closed, ...running])
    await context.pool.close()
  }
  return Object.freeze<Router>({ url: `http://${hostInUrl(host)}:${bound}`, port: bound, close })
}

function createContext(options: RouterOptions): RouterContext {
  const { catalog, clock, rng, sink, upstream, onDefect = () => undefined } = options
  const settings = { ...defaultRouterSettings, ...options.settings }
  return Object.freeze<RouterContext>({
    catalog,
    clock,
    rng,
    sink,
    upstream,
    settings,
    onDefect,
    pool: createHttpPool({ connectTimeoutMs: settings.connectTimeoutMs }),
    health: createHealthBoard(clock, settings.health),
    pins: createPinTable(settings.maxPins),
    generations: createGenerations(settings.maxGenerations),
    keys: createKeyRing(settings.callers.keys),
    ledger: options.ledger ?? createLedger(),
  })
}

/** Resolves when no request is running any more, or when the time for that is over. */
async function drained(options: {
  readonly running: ReadonlySet<Promise<void>>
  readonly context: RouterContext
}): Promise<void> {
  const { running, context } = options
  const { clock, settings } = context
  const done = new AbortController()
  const patience = clock
    .sleepUntil(clock.monoNs() + settings.drainMs * nsPerMs, done.signal)
    .catch(() => undefined)
  await Promise.race([Promise.all(running), patience])
  done.abort()
}

function listen(server: Server, at: { readonly port: number; readonly host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, at)))
    server.listen(at.port, at.host, () => {
      const address = server.address()
      // Only pipes have a string for an address.
      resolve(typeof address === 'object' && address ? address.port : at.port)
    })
  })
}

function listenError(
  error: NodeJS.ErrnoException,
  { port, host }: { port: number; host: string },
): UserError {
  if (error.code === 'EADDRINUSE') {
    return new UserError(`port ${port} on ${host} is in use`, {
      code: 'E_PORT_IN_USE',
      hint: 'Stop the program that uses it, or choose another port.',
      cause: error,
    })
  }
  return new UserError(`the router cannot listen on ${host}:${port}: ${error.message}`, {
    code: 'E_CONFIG_INVALID',
    hint: 'Choose an address of this machine and a port that you may use.',
    cause: error,
  })
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
