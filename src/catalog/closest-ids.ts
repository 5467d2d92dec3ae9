import { editDistance } from '../document/index.ts'
import type { Catalog } from './types.ts'

/**
 * Model ids that an unknown id may have meant, best first, at most `limit`; for the hint of `E_MODEL_UNKNOWN`.
 *
 * The author may be missing or wrong (`gpt-4o-mini`, `meta/llama-3.3-70b`); ids that begin like the slug
 * come before ids that are merely spelt alike. Empty when nothing is close. Pure.
 */
export function closestIds(catalog: Catalog, id: string, limit = 3): readonly string[] {
  const wanted = id.trim().toLowerCase()
  const slug = slugOf(wanted)
  if (slug === '') return []
  return [...catalog.models.keys()]
    .map(candidate => ({ candidate, distance: distanceOf({ wanted, slug, candidate }) }))
    .filter(({ distance }) => distance <= Math.max(2, slug.length / 3))
    .toSorted((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate, 'en'))
    .slice(0, limit)
    .map(({ candidate }) => candidate)
}

interface Pair {
  readonly wanted: string
  readonly slug: string
  readonly candidate: string
}

function distanceOf({ wanted, slug, candidate }: Pair): number {
  const other = slugOf(candidate)
  const [short, long] = slug.length < other.length ? [slug, other] : [other, slug]
  // A prefix costs less than a typo: "llama-3.3-70b" means "llama-3.3-70b-instruct".
  const prefix = short.length >= 3 && long.startsWith(short) ? 0.5 : Number.POSITIVE_INFINITY
  return Math.min(prefix, editDistance(slug, other), editDistance(wanted, candidate))
}

function slugOf(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}
