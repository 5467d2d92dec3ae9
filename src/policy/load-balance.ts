import type { Rng } from '../core/index.ts'
import { type Contender, withBand } from './contender.ts'
import { affinityDraws } from './affinity-draw.ts'
import type { Candidate } from './types.ts'

/** What decides a draw. */
export interface DrawOptions {
  /** Names the conversation; null: draw by chance. */
  readonly affinityKey: string | null
  readonly rng: Rng
}

/** Below this price (USD per million) endpoints count as equally cheap: 1/price² has to stay finite. */
const lowestPrice = 0.001

/**
 * Default load balancing (docs/routing.md, Load balancing): among the endpoints of the best health band one is drawn
 * with weight 1/price²; the rest are backups, by band and ascending price. The worst band is not drawn from.
 *
 * With an affinity key the draw is a weighted rendezvous, and so is the order of the backups within a band: the
 * conversations of an endpoint that goes away then spread over the others by their weights, instead of all falling
 * on the cheapest. Pure: one draw from `rng` at most, none with an affinity key.
 */
export function drawByPrice(contenders: readonly Contender[], options: DrawOptions): readonly Candidate[] {
  const { affinityKey } = options
  if (affinityKey !== null) return drawByAffinity(contenders, affinityKey)
  const sorted = contenders.toSorted(byBandAndPrice)
  const drawn = draw(sorted, options.rng)
  const ranked: Candidate[] = drawn === null ? [] : [drawnCandidate(drawn, '')]
  for (const contender of sorted) {
    if (contender === drawn?.contender) continue
    ranked.push(candidate(contender, withBand('backup by price', contender)))
  }
  return ranked
}

interface Drawn {
  readonly contender: Contender
  readonly share: number
}

/** Draws from the first band of a sorted list. */
function draw(sorted: readonly Contender[], rng: Rng): Drawn | null {
  const band = sorted[0]?.band ?? 2
  if (band === 2) return null
  const end = sorted.findIndex(contender => contender.band !== band)
  const entries = end < 0 ? sorted : sorted.slice(0, end)
  let total = 0
  for (const entry of entries) total += weightOf(entry)
  let left = entries.length > 1 ? rng.next() * total : 0
  for (const contender of entries) {
    left -= weightOf(contender)
    if (left < 0) return { contender, share: weightOf(contender) / total }
  }
  // Rounding may leave a last trace over.
  const last = entries.at(-1)
  return last ? { contender: last, share: weightOf(last) / total } : null
}

function drawByAffinity(contenders: readonly Contender[], affinityKey: string): readonly Candidate[] {
  const drawOf = affinityDraws(affinityKey)
  const scored = contenders.map(contender => ({
    contender,
    place: -Math.log(drawOf(contender.endpoint.id)) / weightOf(contender),
  }))
  const sorted = scored.sort((a, b) => a.contender.band - b.contender.band || a.place - b.place)
  const band = sorted[0]?.contender.band
  let total = 0
  for (const { contender } of sorted) if (contender.band === band) total += weightOf(contender)
  return sorted.map(({ contender }, index) =>
    index === 0
      ? drawnCandidate({ contender, share: weightOf(contender) / total }, ' for this conversation')
      : candidate(contender, withBand('backup of this conversation', contender)),
  )
}

function weightOf({ price }: Contender): number {
  const bounded = Math.max(price, lowestPrice)
  return 1 / (bounded * bounded)
}

function byBandAndPrice(a: Contender, b: Contender): number {
  return a.band - b.band || a.price - b.price
}

function drawnCandidate({ contender, share }: Drawn, forWhom: string): Candidate {
  return candidate(contender, withBand(`drawn by 1/price²${forWhom}, share ${share.toFixed(4)}`, contender))
}

function candidate({ endpoint, price }: Contender, reason: string): Candidate {
  return { endpoint, score: price, reason }
}
