import type { ChatRequest } from '../chat-request.ts'
import { epochMs, type Inbound } from '../inbound.ts'
import type { CachedAnswer } from './cached-answer.ts'
import { cacheKeyOf } from './cache-key.ts'
import { readCacheWish } from './cache-wish.ts'

/** No answer from the cache; with a key, the one to come may be stored. */
export type CacheMiss =
  | { readonly state: 'off' }
  | { readonly state: 'miss'; readonly key: string; readonly ttlSeconds: number }

/** What the response cache has for a request. */
export type CacheTurn = CacheMiss | { readonly state: 'hit'; readonly answer: CachedAnswer }

/**
 * Asks the response cache, if the request wants that and nothing forbids to keep its answer (`zdr`), and says in the
 * headers what came of it.
 */
export async function lookUp(inbound: Inbound, request: ChatRequest): Promise<CacheTurn> {
  const { context, http, call, caller } = inbound
  const wish = readCacheWish(http.req.headers)
  const { preferences, rules } = request.route
  const mayKeep = !preferences.denyRetention && !rules.denyRetention
  if (!context.responseCache || !wish.use || !mayKeep) return { state: 'off' }
  const { stream, body } = request
  const key = cacheKeyOf({ callerKeyHash: caller.id, operation: call.operation, stream, body })
  if (wish.clear) await context.responseCache.forget(key)
  const nowMs = epochMs(context)
  const answer = await context.responseCache.get(key, nowMs)
  http.res.setHeader('x-openrouter-cache-status', answer ? 'HIT' : 'MISS')
  http.res.setHeader('x-openrouter-cache-ttl', answer?.ttlSeconds ?? wish.ttlSeconds)
  if (!answer) return { state: 'miss', key, ttlSeconds: wish.ttlSeconds }
  http.res.setHeader('x-openrouter-cache-age', Math.floor((nowMs - answer.storedEpochMs) / 1000))
  http.res.setHeader('x-openrouter-cache-source-id', answer.sourceId)
  return { state: 'hit', answer }
}
