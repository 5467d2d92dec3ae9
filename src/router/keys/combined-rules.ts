import type { AccessRules } from '../../policy/index.ts'

/** What account and key allow together: allow-lists intersect, everything else adds up. Pure. */
export function combinedRules(account: AccessRules, key: AccessRules): AccessRules {
  return {
    models: both(account.models, key.models),
    only: both(account.only, key.only),
    ignore: [...new Set([...account.ignore, ...key.ignore])],
    denyDataCollection: account.denyDataCollection || key.denyDataCollection,
    denyRetention: account.denyRetention || key.denyRetention,
    regions: both(account.regions, key.regions),
  }
}

function both(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b
  return a.filter(name => b.includes(name))
}
