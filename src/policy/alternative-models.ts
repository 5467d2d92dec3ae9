import type { Catalog, Endpoint } from '../catalog/index.ts'
import { filterEndpoints } from './filters.ts'
import type { Access, PolicySettings, RouteRequest } from './types.ts'

/** What looking for other models depends on. */
export interface AlternativeOptions {
  readonly catalog: Catalog
  readonly request: RouteRequest
  readonly access: (endpoint: Endpoint) => Access
  readonly settings: PolicySettings
}

/**
 * Models besides the candidates that would serve a request as it is: first those of the authors that were asked for,
 * then in the order of the catalogue. Pure; filters the whole catalogue, so it is for requests that failed.
 */
export function alternativeModels(options: AlternativeOptions, limit = 3): readonly string[] {
  const { catalog, request, access, settings } = options
  const asked = new Set(request.models.map(({ modelId }) => modelId))
  const authors = new Set([...asked].map(id => catalog.models.get(id)?.author))
  const rank = (author: string) => (authors.has(author) ? 0 : 1)
  const others = [...catalog.models.values()].filter(({ id }) => !asked.has(id))
  const serving = others.filter(({ id, endpoints }) => {
    const model = { modelId: id, requested: id, via: 'direct', variant: null } as const
    return filterEndpoints({ request, model, endpoints, access, settings }).kept.length > 0
  })
  return serving
    .toSorted((a, b) => rank(a.author) - rank(b.author))
    .slice(0, limit)
    .map(({ id }) => id)
}
