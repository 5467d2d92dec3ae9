import type { Catalog } from '../../catalog/index.ts'
import type { JsonObject } from '../../core/index.ts'

/** The `data` of `GET /providers`. Pure. */
export function providersBody({ providers }: Catalog): readonly JsonObject[] {
  return [...providers.values()].map(({ id, name, headquarters }) => ({
    name,
    slug: id,
    privacy_policy_url: null,
    terms_of_service_url: null,
    status_page_url: null,
    headquarters: headquarters === 'unknown' ? null : headquarters,
    datacenters: null,
  }))
}
