import type { Endpoint } from '../catalog/index.ts'

/**
 * Whether a slug of `order`, `only` or `ignore` names this endpoint: its own slug (`deepinfra/turbo`), the base of
 * it (`google-vertex` for `google-vertex/us-east5`), its endpoint id, or the display name of its provider.
 * An endpoint of a service tier is named by its own slug and id only, never by a base (router contract, section
 * 2.2); `fast` and `priority` are one tier. Case does not matter; `slug` is in lower case already. Pure.
 */
export function matchesSlug(endpoint: Endpoint, slug: string): boolean {
  if (endpoint.tier !== 'default') return namesTier(endpoint, slug)
  return isOwnName(endpoint, slug) || namesProvider(endpoint, slug)
}

/** Whether any of the slugs names this endpoint. Pure. */
export function matchesAny(endpoint: Endpoint, slugs: readonly string[]): boolean {
  for (const slug of slugs) if (matchesSlug(endpoint, slug)) return true
  return false
}

/**
 * Like `matchesAny`, but a base slug takes in the tiers of its provider: for rules about whom to trust, and for
 * requests that ask for a tier by other means than a slug. Pure.
 */
export function matchesAnyInTiers(endpoint: Endpoint, slugs: readonly string[]): boolean {
  for (const slug of slugs) if (matchesSlug(endpoint, slug) || namesProvider(endpoint, slug)) return true
  return false
}

function namesTier(endpoint: Endpoint, slug: string): boolean {
  if (isOwnName(endpoint, slug)) return true
  if (endpoint.tier !== 'priority') return false
  return (
    withoutPriority(slug) !== slug && withoutPriority(slug) === withoutPriority(endpoint.tag.toLowerCase())
  )
}

function withoutPriority(slug: string): string {
  return slug.replace(/\/(?:fast|priority)$/, '')
}

function isOwnName({ tag, id }: Endpoint, slug: string): boolean {
  return slug === tag.toLowerCase() || slug === id.toLowerCase()
}

function namesProvider({ tag, provider }: Endpoint, slug: string): boolean {
  return (
    isBase(tag.toLowerCase(), slug) ||
    isBase(provider.id.toLowerCase(), slug) ||
    slug === provider.name.toLowerCase()
  )
}

/** Whether the slug is the whole name, or the part before one of its slashes. */
function isBase(name: string, slug: string): boolean {
  return name.startsWith(slug) && (name.length === slug.length || name[slug.length] === '/')
}
