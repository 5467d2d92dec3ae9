import type { IncomingMessage, ServerResponse } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import type { Catalog } from '../catalog/index.ts'
import type { Clock, Rng } from '../core/index.ts'
import type { RecordSink } from '../record/index.ts'
import { createHttpPool } from '../wire/index.ts'
import { apiError } from './api-error.ts'
import { createAttemptBudgets } from './attempt-budgets.ts'
import type { RouterContext } from './context.ts'
import { endpointView } from './endpoint-view.ts'
import { createGenerations } from './generations.ts'
import { createHealthBoard } from './health-board.ts'
import { createKeyRing } from './keys/key-ring.ts'
import { createLedger, type Ledger } from './keys/ledger.ts'
import { createHttpServer } from './http-server.ts'
import { listen } from './listen.ts'
import { createPinTable } from './pin-table.ts'
import { createPdfReader } from './plugins/pdf-reader.ts'
import { createFrontDoor } from './queues/front-door.ts'
import { createProviderQueues } from './queues/provider-queues.ts'
import type { ResponseCache } from './response-cache/response-cache.ts'
import { answerHttp } from './routes.ts'
import { createRunningRequests } from './running-requests.ts'
import { sendError } from './send-json.ts'
import { defaultRouterSettings, type RouterSettings } from './settings.ts'
import { createStateBoard, type StateBoard } from './state-board.ts'
import type { UpstreamResolver } from './upstream.ts'
import { watchedHealth } from './watched-health.ts'

/** What a router routes by: all that can be exchanged while it runs. */
export interface RouterDefinition {
  readonly catalog: Catalog
  readonly upstream: UpstreamResolver
  /** Over `defaultRouterSettings`. */
  readonly settings?: Partial<RouterSettings>
}

/** What a router is made of. */
export interface RouterOptions extends RouterDefinition {
  readonly clock: Clock
  /** Routing draws; forked by planned item, so equal plans are routed equally. */
  readonly rng: Rng
  /** Takes the rows; not closed by the router. */
  readonly sink: RecordSink
  /** What callers have spent; not closed by the router. Default: in memory, ends with the process. */
  readonly ledger?: Ledger
  /** Answers that may be given again to callers who ask for it. Default: none. */
  readonly responseCache?: ResponseCache | null
  /** 0: any free one. Default 0. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Told about exceptions that are our own mistake. Default: nobody. */
  readonly onDefect?: (error: unknown) => void
  /** Name in the rows of endpoint states. Default `router`. */
  readonly name?: string
  /** Run that it was started for: states of endpoints go under it. Default: under that of the request behind each. */
  readonly runId?: string
}

/** A running router. */
export interface Router {
  /** Base URL without a path: `http://127.0.0.1:4000`. The API is under `/api/v1`. */
  readonly url: string
  readonly port: number
  /**
   * Exchanges the definition at once: requests that come from now on see the new one, those that run keep theirs.
   * Pins, generations and the health of endpoints stay; when the `health` settings change, health begins anew.
   */
  reload(definition: RouterDefinition): void
  /**
   * Refuses new requests at once (503, `/readyz` too), lets running answers end for at most `drainMs`, cuts what is left
   * then, and stops listening.
   */
  close(): Promise<void>
  /** The longest that running answers keep `close` waiting, as things are. */
  closesWithinMs(): number
}

/**
 * Starts an OpenRouter-compatible router (docs/router.md) on `host:port`.
 *
 * @throws UserError E_PORT_IN_USE, E_CONFIG_INVALID (an address that cannot be bound).
 */
export async function openRouter(options: RouterOptions): Promise<Router> {
  const { port = 0, host = '127.0.0.1' } = options
  const { clock, sink, name = 'router', runId = null } = options
  const states = createStateBoard({ clock, sink, router: name, runId, ...endpointView(() => context) })
  let context = createContext(options, states)
  const { door, queues } = context
  const running = createRunningRequests(options.clock)

  function onRequest(req: IncomingMessage, res: ServerResponse): void {
    if (door.isClosed()) res.setHeader('connection', 'close')
    const now = context
    const answered = answerHttp(now, { req, res }).catch((defect: unknown) => {
      now.onDefect(defect)
      sendError(res, apiError('router_internal', 'Internal Server Error'))
    })
    running.add(res, answered)
  }
  const { server, applySettings } = createHttpServer({ settings: () => context.settings, onRequest })
  const bound = await listen(server, { port, host })

  function reload(definition: RouterDefinition): void {
    const { pool, health } = context
    context = nextContext(context, definition)
    if (health !== context.health) states.restart()
    applySettings()
    door.setLimit(context.settings.maxRequestsUnderWay)
    queues.configure(context.settings.queues)
    // Whoever began before may still call upstreams through the old pool.
    if (pool !== context.pool) void running.ended().then(() => pool.close())
  }

  async function close(): Promise<void> {
    door.close()
    await running.endedWithin(context.settings.drainMs)
    const closed = new Promise<void>(resolve => {
      server.close(() => resolve())
    })
    // Who came meanwhile and was refused has its answer to read.
    await running.endedWithin(lastAnswersMs)
    server.closeAllConnections()
    await Promise.all([closed, running.ended()])
    states.close()
    await Promise.all([context.pool.close(), context.pdf.close()])
  }
  const closesWithinMs = () => context.settings.drainMs + lastAnswersMs
  return Object.freeze<Router>({
    url: `http://${hostInUrl(host)}:${bound}`,
    port: bound,
    reload,
    close,
    closesWithinMs,
  })
}

const lastAnswersMs = 250

/** A PDF of some hundred pages takes a second or two. */
const pdfBounds = { timeoutMs: 20_000, maxWaiting: 20, idleMs: 10_000 }

function createContext(options: RouterOptions, states: StateBoard): RouterContext {
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
    door: createFrontDoor(clock, settings.maxRequestsUnderWay),
    queues: createProviderQueues(clock, settings.queues),
    health: watchedHealth(createHealthBoard(clock, settings.health), states),
    states,
    budgets: createAttemptBudgets(settings),
    pins: createPinTable(settings.maxPins),
    generations: createGenerations(settings.maxGenerations),
    keys: createKeyRing(settings.callers.keys),
    ledger: options.ledger ?? createLedger(),
    responseCache: options.responseCache ?? null,
    pdf: createPdfReader(pdfBounds),
  })
}

/** A context by a new definition over the state of the one before, as far as the settings it was made by are the same. */
function nextContext(before: RouterContext, { catalog, upstream, ...more }: RouterDefinition): RouterContext {
  const settings = { ...defaultRouterSettings, ...more.settings }
  const samePool = settings.connectTimeoutMs === before.settings.connectTimeoutMs
  const sameBudgets = isDeepStrictEqual(budgetsOf(settings), budgetsOf(before.settings))
  const sameHealth = isDeepStrictEqual(settings.health, before.settings.health)
  return Object.freeze<RouterContext>({
    ...before,
    catalog,
    upstream,
    settings,
    pool: samePool ? before.pool : createHttpPool({ connectTimeoutMs: settings.connectTimeoutMs }),
    keys: createKeyRing(settings.callers.keys),
    health: sameHealth
      ? before.health
      : watchedHealth(createHealthBoard(before.clock, settings.health), before.states),
    budgets: sameBudgets ? before.budgets : createAttemptBudgets(settings),
  })
}

function budgetsOf({ retryBudget, hedge }: RouterSettings) {
  return { retryBudget, hedge }
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
