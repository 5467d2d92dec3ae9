import type { Endpoint } from '../catalog/index.ts'

/**
 * Whether a slug of `order`, `only` or `ignore` names this endpoint: its provider's slug, the base of a
 * provider with regions or variants (`google-vertex` for `google-vertex/us-east5`), its full endpoint id,
 * or the provider's display name. Case does not matter; `slug` is in lower case already. Pure.
 */
export function matchesSlug(endpoint: Endpoint, slug: string): boolean {
  const provider = endpoint.provider.id.toLowerCase()
  return (
    slug === provider ||
    provider.startsWith(`${slug}/`) ||
    slug === endpoint.id.toLowerCase() ||
    slug === endpoint.provider.name.toLowerCase()
  )
}

/** Whether any of the slugs names this endpoint. Pure. */
export function matchesAny(endpoint: Endpoint, slugs: readonly string[]): boolean {
  return slugs.some(slug => matchesSlug(endpoint, slug))
}
