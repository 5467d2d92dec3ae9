import type { Endpoint } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import type { Candidate } from './types.ts'

/** An endpoint with what load balancing knows of it. */
export interface Priced {
  readonly endpoint: Endpoint
  /** USD per million tokens, blended. */
  readonly price: number
  readonly stable: boolean
}

/** Below this price (USD per million) endpoints count as equally cheap: 1/price² has to stay finite. */
const lowestPrice = 0.001

/**
 * Default load balancing (docs/router.md, Selection): one draw among the stable endpoints with
 * weight 1/price², the other stable ones by ascending price, then those with a recent outage by ascending price.
 *
 * Pure: exactly one draw when two or more endpoints are stable, none otherwise.
 */
export function drawByPrice(endpoints: readonly Priced[], rng: Rng): readonly Candidate[] {
  const byPrice = endpoints.toSorted((a, b) => a.price - b.price)
  const stable = byPrice.filter(e => e.stable)
  const troubled = byPrice.filter(e => !e.stable)
  const drawn = draw(stable, rng)
  return [
    ...(drawn ? [candidate(drawn.entry, `drawn by 1/price², share ${drawn.share.toFixed(4)}`)] : []),
    ...stable.filter(e => e !== drawn?.entry).map(e => candidate(e, 'backup by price')),
    ...troubled.map(e => candidate(e, 'backup by price, after a recent outage')),
  ]
}

function draw(
  entries: readonly Priced[],
  rng: Rng,
): { readonly entry: Priced; readonly share: number } | null {
  const weights = entries.map(e => 1 / Math.max(e.price, lowestPrice) ** 2)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let left = entries.length > 1 ? rng.next() * total : 0
  for (const [index, entry] of entries.entries()) {
    const weight = weights[index] ?? 0
    left -= weight
    // The last one takes what rounding left over.
    if (left < 0 || index === entries.length - 1) return { entry, share: weight / total }
  }
  return null
}

function candidate({ endpoint, price }: Priced, reason: string): Candidate {
  return { endpoint, score: price, reason }
}
