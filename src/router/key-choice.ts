import type { Endpoint } from '../catalog/index.ts'
import { type KeyAtEndpoint, pickKey } from '../policy/index.ts'
import type { RouterContext } from './context.ts'
import type { UpstreamKey } from './upstream.ts'

/** Chooses API keys for the attempts of one request. */
export interface KeyChoice {
  /** The key to call an endpoint with now; undefined: there is none. */
  next(endpoint: Endpoint): UpstreamKey | undefined
  /** A key was refused at an endpoint, or met its limit there. */
  refused(endpoint: Endpoint, alias: string): void
  /** Whether a key is at work at an endpoint that was not refused there on behalf of this request. */
  hasOther(endpoint: Endpoint): boolean
}

/** @param affinityKey Names the conversation, or the request where it has none (`pickKey`). */
export function createKeyChoice(
  { health, upstream }: Pick<RouterContext, 'health' | 'upstream'>,
  affinityKey: string,
): KeyChoice {
  const refusals = new Set<string>()
  const keysOf = (endpoint: Endpoint): readonly (KeyAtEndpoint & UpstreamKey)[] =>
    upstream(endpoint).keys.map(({ alias, value }) => ({
      alias,
      value,
      restsUntilNs: health.keyRestsUntilNs(endpoint.id, alias),
      wasRefused: refusals.has(`${endpoint.id} ${alias}`),
    }))
  return Object.freeze<KeyChoice>({
    next: endpoint => pickKey(keysOf(endpoint), affinityKey),
    refused: (endpoint, alias) => {
      refusals.add(`${endpoint.id} ${alias}`)
    },
    hasOther: endpoint =>
      keysOf(endpoint).some(({ wasRefused, restsUntilNs }) => !wasRefused && restsUntilNs === 0),
  })
}
