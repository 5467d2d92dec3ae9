import { affinityDraws } from './affinity-draw.ts'

/** An API key of an endpoint, as the choice among them sees it. */
export interface KeyAtEndpoint {
  /** Name of the key, never the key. */
  readonly alias: string
  /** Monotonic nanoseconds until which it is left alone there; 0: it is at work. */
  readonly restsUntilNs: number
  /** It was refused there on behalf of this request. */
  readonly wasRefused: boolean
}

/**
 * The key to call an endpoint with; undefined: there is none. Keys that this request has not been refused with come
 * first, then those at work, then those whose rest ends first. Among equals the conversation decides, so that it stays
 * with the prompt cache that the provider keeps for a key, and different conversations spread over all keys evenly. Pure.
 *
 * @param affinityKey Names the conversation, or the request where it has none.
 */
export function pickKey<Key extends KeyAtEndpoint>(
  keys: readonly Key[],
  affinityKey: string,
): Key | undefined {
  if (keys.length <= 1) return keys[0]
  const draw = affinityDraws(affinityKey)
  const ranked = keys.map(key => ({ key, draw: draw(key.alias) }))
  ranked.sort(
    (a, b) =>
      Number(a.key.wasRefused) - Number(b.key.wasRefused) ||
      a.key.restsUntilNs - b.key.restsUntilNs ||
      a.draw - b.draw,
  )
  return ranked[0]?.key
}
