import type { Endpoint } from '../catalog/index.ts'
import { hash64, type JsonObject } from '../core/index.ts'
import { unsupportedParameters } from '../policy/index.ts'
import { withoutPlugins } from './plugins/plugin-wishes.ts'

/** Tiers that an endpoint of another tier would bill, or refuse. */
const paidTiers: ReadonlySet<unknown> = new Set(['flex', 'priority', 'fast'])

/**
 * The caller's fields for one endpoint: without the parameters it does not support (OpenRouter drops them too,
 * unless `require_parameters`), with the service tier that the endpoint is, and with the end user's id hashed. Names
 * of dropped fields go into the record. Pure.
 */
export function upstreamFields(
  body: JsonObject,
  endpoint: Pick<Endpoint, 'tier' | 'supportedParameters'>,
): { readonly fields: JsonObject; readonly dropped: readonly string[] } {
  const unsupported = unsupportedParameters(body, endpoint)
  const dropped = isOtherTier(body, endpoint.tier) ? [...unsupported, 'service_tier'] : unsupported
  const kept = Object.entries(withoutPlugins(body)).filter(([name]) => !dropped.includes(name))
  const fields = Object.fromEntries(kept)
  const user = fields['user']
  return {
    fields: {
      ...fields,
      ...(endpoint.tier !== 'default' && { service_tier: endpoint.tier }),
      ...(typeof user === 'string' && { user: hash64(user).toString(16) }),
    },
    dropped,
  }
}

/** An endpoint of the default tier serves a request for another one at its own price, so it must not be asked for it. */
function isOtherTier(body: JsonObject, tier: Endpoint['tier']): boolean {
  return tier === 'default' && paidTiers.has(body['service_tier'])
}
