import type { Endpoint } from '../catalog/index.ts'

/**
 * Whether a slug of `order`, `only` or `ignore` names this endpoint: its own slug (`deepinfra/turbo`), the base of
 * it (`google-vertex` for `google-vertex/us-east5`), its endpoint id, or the display name of its provider.
 * An endpoint of a service tier is named by its own slug and id only, never by a base (router contract, section
 * 2.2); `fast` and `priority` are one tier. Case does not matter; `slug` is in lower case already. Pure.
 */
export function matchesSlug(endpoint: Endpoint, slug: string): boolean {
  return isNamed(namesOf(endpoint), slug)
}

/** Whether any of the slugs names this endpoint. Pure. */
export function matchesAny(endpoint: Endpoint, slugs: readonly string[]): boolean {
  const names = namesOf(endpoint)
  for (const slug of slugs) if (isNamed(names, slug)) return true
  return false
}

/**
 * Like `matchesAny`, but a base slug takes in the tiers of its provider: for rules about whom to trust, and for
 * requests that ask for a tier by other means than a slug. Pure.
 */
export function matchesAnyInTiers(endpoint: Endpoint, slugs: readonly string[]): boolean {
  const names = namesOf(endpoint)
  for (const slug of slugs) if (isNamed(names, slug) || isProvider(names, slug)) return true
  return false
}

interface Names {
  readonly tier: Endpoint['tier']
  readonly tag: string
  readonly id: string
  readonly provider: string
  readonly display: string
}

/** In lower case once for all slugs: filters run for every endpoint of every request. */
function namesOf({ tier, tag, id, provider }: Endpoint): Names {
  return {
    tier,
    tag: tag.toLowerCase(),
    id: id.toLowerCase(),
    provider: provider.id.toLowerCase(),
    display: provider.name.toLowerCase(),
  }
}

function isNamed(names: Names, slug: string): boolean {
  if (slug === names.tag || slug === names.id) return true
  if (names.tier === 'default') return isProvider(names, slug)
  if (names.tier === 'flex') return false
  const base = withoutPriority(slug)
  return base !== slug && base === withoutPriority(names.tag)
}

function withoutPriority(slug: string): string {
  return slug.replace(/\/(?:fast|priority)$/, '')
}

function isProvider({ tag, provider, display }: Names, slug: string): boolean {
  return isBase(tag, slug) || isBase(provider, slug) || slug === display
}

/** Whether the slug is the whole name, or the part before one of its slashes. */
function isBase(name: string, slug: string): boolean {
  return name.startsWith(slug) && (name.length === slug.length || name[slug.length] === '/')
}
