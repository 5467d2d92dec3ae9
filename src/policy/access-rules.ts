import type { Endpoint } from '../catalog/index.ts'
import { matchesAnyGlob } from './glob.ts'
import { matchesAnyInTiers } from './slug.ts'
import type { AccessRules } from './types.ts'

/**
 * The rules of an account and of one of its keys together: what both allow, without what either forbids (router
 * contract, section 8.6). Deny-lists and data policies add up. Where both have an allow-list, both are kept and both
 * must hold: the intersection of two globs is no glob. Pure.
 */
export function combineAccessRules(account: AccessRules, key: AccessRules): AccessRules {
  const hasBoth = (['models', 'only', 'regions'] as const).some(
    list => account[list] !== null && key[list] !== null,
  )
  return {
    models: key.models ?? account.models,
    only: key.only ?? account.only,
    regions: key.regions ?? account.regions,
    ignore: [...new Set([...account.ignore, ...key.ignore])],
    denyDataCollection: account.denyDataCollection || key.denyDataCollection,
    denyRetention: account.denyRetention || key.denyRetention,
    ...(hasBoth && { also: account }),
  }
}

/** Whether the model may be used at all. Pure. */
export function allowsModel(rules: AccessRules, modelId: string): boolean {
  if (rules.models !== null && !matchesAnyGlob(modelId, rules.models)) return false
  return rules.also === undefined || allowsModel(rules.also, modelId)
}

/** Whether the provider may be used, in whatever tier. Pure. */
export function allowsProvider(rules: AccessRules, endpoint: Endpoint): boolean {
  if (rules.only !== null && !matchesAnyInTiers(endpoint, rules.only)) return false
  if (rules.ignore.length > 0 && matchesAnyInTiers(endpoint, rules.ignore)) return false
  return rules.also === undefined || allowsProvider(rules.also, endpoint)
}

/** Whether the endpoint runs where it may. One that states no region may be anywhere. Pure. */
export function allowsRegion(rules: AccessRules, { region }: Pick<Endpoint, 'region'>): boolean {
  if (rules.regions !== null && !isInRegion(region, rules.regions)) return false
  return rules.also === undefined || allowsRegion(rules.also, { region })
}

/** `eu` takes in `eu-west-1` and `europe-west4`, `us` takes in `us-east5`. */
function isInRegion(region: string | null, regions: readonly string[]): boolean {
  if (region === null) return false
  const name = region.toLowerCase()
  return regions.some(text => {
    const allowed = text.toLowerCase()
    return (
      name === allowed || name.startsWith(`${allowed}-`) || (allowed === 'eu' && name.startsWith('europe'))
    )
  })
}
