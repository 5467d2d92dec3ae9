import { type Explanation, combineAccessRules } from '../policy/index.ts'
import type { ApiError } from './api-error.ts'
import { parseChatRequest } from './chat-request.ts'
import type { RouterContext } from './context.ts'
import { createHealthBoard } from './health-board.ts'
import { localCaller } from './keys/key-ring.ts'
import { noEndpoints } from './no-endpoints.ts'
import { createPinTable } from './pin-table.ts'
import { accessTo, planRoute, type RouteContext } from './route.ts'
import { defaultRouterSettings, type RouterSettings } from './settings.ts'

/** As with live calls. */
const longestSessionId = 256

/** A chat request to explain. */
export interface RequestToExplain {
  /** The body, as it would be sent. */
  readonly body: Buffer
  /** Headers of the call, in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What draws are named by, such as the planned item of a run. */
  readonly itemId: string
}

/** A router, as far as its decisions depend on it. */
export interface ExplainOptions extends Pick<RouterContext, 'catalog' | 'clock' | 'rng' | 'upstream'> {
  /** Over `defaultRouterSettings`. */
  readonly settings?: Partial<RouterSettings>
}

/** Why a caller is refused. */
export type Refusal = Pick<ApiError, 'errorType' | 'message' | 'availability'>

/** What a router would do with a request. */
export type Explained =
  /** `refusal`: no endpoint may serve; the explanation says why. */
  | { readonly ok: true; readonly explanation: Explanation; readonly refusal: Refusal | null }
  /** It is refused before endpoints are looked at. */
  | { readonly ok: false; readonly refusal: Refusal }

/**
 * Explains where a router that has just started would send a request, by the same reading and the same decision as
 * for real traffic. Nothing is sent; no health is known and no conversation pinned. Reads the clock once or twice.
 */
export function explainRequest(request: RequestToExplain, options: ExplainOptions): Explained {
  const settings = { ...defaultRouterSettings, ...options.settings }
  const context: RouteContext = {
    ...options,
    settings,
    health: createHealthBoard(options.clock, settings.health),
    pins: createPinTable(1),
  }
  const parsed = parseChatRequest(request.body, {
    catalog: context.catalog,
    tables: settings.tables,
    rules: combineAccessRules(settings.account, localCaller.rules),
    rng: context.rng.fork(request.itemId),
    maxModels: settings.maxModels,
    headers: request.headers,
    canServe: endpoint => accessTo(endpoint, context) === 'ready',
  })
  if (!parsed.ok) return { ok: false, refusal: parsed.error }
  const call = {
    itemId: request.itemId,
    requestId: '',
    sessionHeader: (request.headers['x-session-id'] ?? '').slice(0, longestSessionId),
    callerId: localCaller.id,
  }
  const { decision, explanation } = planRoute(context, call, parsed.request)
  const excluded = decision.models.flatMap(model => model.excluded)
  const refusal =
    decision.candidates.length > 0 ? null : noEndpoints(parsed.request.requestedModels, excluded)
  return { ok: true, explanation, refusal }
}
