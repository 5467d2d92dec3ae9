import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Catalog } from '../catalog/index.ts'
import { type Clock, messageOf, type Rng } from '../core/index.ts'
import type { ProviderLog } from './log/provider-log.ts'
import { meaningOf, type PathMeaning } from './call-path.ts'
import { answerChat, type ChatCall } from './chat-route.ts'
import { parseReset } from './control-reset.ts'
import { createKeyIds, type KeyIds } from './key-ids.ts'
import { countPrompt } from './count-route.ts'
import { listen } from './listen.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { createMarket, type Market, type MarketReset } from './market.ts'
import type { Calibration } from './model/calibration.ts'
import type { FaultRule } from './model/faults.ts'
import { openaiProtocol } from './openai/protocol.ts'
import type { RegimeStats } from './regime-board.ts'
import { readJson } from './request-body.ts'
import type { EndpointStats } from './tally.ts'
import { createTicker, type Ticker } from './ticker.ts'
import { createWriteLag, type WriteLagStats } from './write-lag.ts'

/** What the simulated providers are made of. */
export interface SimulatedProvidersOptions {
  readonly catalog: Catalog
  readonly clock: Clock
  /** Source of every draw: latencies, lengths, texts, faults. */
  readonly rng: Rng
  /** Loopback port; 0: any free one. */
  readonly port: number
  /**
   * Latencies are divided by this. Caches expire and limits refill that much faster too; fault windows,
   * which are times of a run, do not.
   */
  readonly speed: number
  readonly faults: readonly FaultRule[]
  /** How fast each endpoint is; left out: the built-in calibration. */
  readonly calibration?: Calibration
  /** Keeps a line for every chat request; default: none. The caller closes it, after the providers. */
  readonly log?: ProviderLog | null
}

/** What the simulated providers did since they were opened or reset. Times are real. */
export interface SimulationStats {
  /** Endpoints that had at least one request, by id. */
  readonly endpoints: readonly EndpointStats[]
  /** The regimes of now, in the order of the script. */
  readonly regimes: readonly RegimeStats[]
  readonly writeLag: WriteLagStats
}

/** All providers of a catalogue, served on loopback. */
export interface SimulatedProviders extends AsyncDisposable {
  /** Without a trailing slash. A provider's API is at `{url}/{provider}/v1`. */
  readonly url: string
  readonly port: number
  /** Replaces the fault script; its times keep counting from the same start. */
  setFaults(rules: readonly FaultRule[]): void
  /** Makes now the start of the fault script. */
  restartClock(): void
  /** Cold caches, full limits, zero counts; now is the start of the script. Also `POST /control/reset`. */
  reset(options: MarketReset): void
  /** Also `GET /control/stats`. */
  stats(): SimulationStats
  /** Breaks off what is under way and frees the port. */
  close(): Promise<void>
}

/**
 * Serves every endpoint of the catalogue over the OpenAI chat protocol, in this process, on 127.0.0.1.
 *
 * @throws UserError E_PORT_IN_USE when the port is taken.
 */
export async function openSimulatedProviders(
  options: SimulatedProvidersOptions,
): Promise<SimulatedProviders> {
  const market = createMarket(options)
  market.loadTokenizers()
  const lag = createWriteLag()
  const stats = () => ({ endpoints: market.stats(), regimes: market.regimes(), writeLag: lag.stats() })
  const reset = (fresh: MarketReset) => {
    market.reset(fresh)
    lag.reset()
  }
  const ticker = createTicker(options.clock)
  const keyIds = createKeyIds()
  const routes = { ...options, keyIds, ticker, log: options.log ?? null, market, lag, stats, reset }
  // Answers must leave when they are due: no Nagle delay. Pools keep idle connections for minutes.
  const server = createServer({ noDelay: true, keepAliveTimeout: 120_000 }, (request, response) => {
    void route(request, response, routes).catch((thrown: unknown) => giveUp(response, thrown))
  })
  const port = await listen(server, options.port)
  const close = () =>
    new Promise<void>(resolve => {
      // Closing twice is no error: the callback then carries one, and there is nothing left to do.
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return Object.freeze({
    url: `http://127.0.0.1:${port}`,
    port,
    setFaults: market.setFaults,
    restartClock: market.restartClock,
    reset,
    stats,
    close,
    [Symbol.asyncDispose]: close,
  })
}

interface Routes {
  readonly catalog: Catalog
  readonly market: Market
  readonly clock: Clock
  readonly keyIds: KeyIds
  readonly ticker: Ticker
  readonly speed: number
  readonly lag: ReturnType<typeof createWriteLag>
  readonly log: ProviderLog | null
  readonly stats: () => SimulationStats
  readonly reset: (fresh: MarketReset) => void
}

async function route(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  const meaning = meaningOf(request)
  if (meaning.kind === 'chat' && request.method === 'POST')
    return answerAndLog(createExchange(request, response, routes), meaning.call, routes)
  const { status, body, headers } = await plainRoute(request, meaning, routes)
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function answerAndLog(exchange: Exchange, call: ChatCall, routes: Routes): Promise<void> {
  try {
    await answerChat(exchange, call, routes)
  } finally {
    exchange.log.finish()
  }
}

interface PlainAnswer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

async function plainRoute(
  request: IncomingMessage,
  meaning: PathMeaning,
  routes: Routes,
): Promise<PlainAnswer> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  const call = `${request.method} ${path}`
  if (call === 'GET /healthz') return ok({ status: 'ok' })
  if (call === 'GET /control/stats') return ok(routes.stats())
  if (call === 'POST /control/reset') return resetRoute(request, routes)
  const provider = /^GET \/([^/]+)\/v1\/models$/.exec(call)?.[1]
  if (provider !== undefined && routes.market.provider(provider)) return ok(modelList(provider, routes))
  if (meaning.kind === 'count' && request.method === 'POST')
    return countPrompt(request, meaning.call, routes.market)
  if (meaning.kind === 'other') return meaning.protocol.badRequest(404, `Unknown request URL: ${call}.`, null)
  const { protocol } = meaning.call
  return {
    ...protocol.badRequest(405, `Not allowed to ${request.method} on ${path}.`, null),
    headers: { allow: 'POST' },
  }
}

async function resetRoute(request: IncomingMessage, routes: Routes): Promise<PlainAnswer> {
  const body = await readJson(request)
  const fresh = parseReset(body.kind === 'json' ? body.value : null, routes.catalog)
  if (typeof fresh === 'string') return openaiProtocol.badRequest(400, fresh, null)
  routes.reset(fresh)
  return ok({ status: 'ok' })
}

function modelList(provider: string, { market }: Routes): object {
  const data = market.models(provider).map(({ upstreamModel }) => ({
    id: upstreamModel,
    object: 'model',
    created: 0,
    owned_by: provider,
  }))
  return { object: 'list', data }
}

function ok(body: unknown): PlainAnswer {
  return { status: 200, body }
}

/** Ends an exchange that cannot go on: the caller left (nothing to do), or a bug here (500 or a broken answer). */
function giveUp(response: ServerResponse, thrown: unknown): void {
  if (response.destroyed || response.headersSent) response.destroy()
  else {
    const error = { message: messageOf(thrown), type: 'simulator_error', param: null, code: null }
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  }
}
