import { type Catalog, closestIds } from '../../catalog/index.ts'
import { createRng } from '../../core/index.ts'
import { didYouMean, type Finding, type Path } from '../../document/index.ts'
import { type KnownNames, knownNames, parsePreferences, resolveModels } from '../../policy/index.ts'
import type { AccessValues } from './access-schema.ts'
import type { RouterFile } from './file-schema.ts'
import { tablesOf } from './settings-of.ts'

/** The names of a configuration that mean nothing in the catalogue. Pure. */
export function catalogFindings(config: RouterFile, catalog: Catalog): readonly Finding[] {
  const names = knownNames(catalog)
  const isKnown = modelCheck(config, catalog)
  return [
    ...poolFindings(config, catalog, names),
    ...aliasFindings(config, catalog, isKnown),
    ...ruleFindings(config, { catalog, names, isKnown }),
    ...accessFindings(config.account, ['account'], names),
    ...queueFindings(config, names),
    ...config.keys.flatMap((key, index) => accessFindings(key, ['keys', index], names)),
  ]
}

/** Whether a request that names a model would find it, pools, aliases and variants included. */
function modelCheck(config: RouterFile, catalog: Catalog): (name: string) => boolean {
  const tables = tablesOf(config)
  // Which model of a pool is drawn does not matter here.
  const rng = createRng('configuration')
  const needs = { parameters: [], modalities: [] }
  return name => resolveModels([name], { catalog, tables, needs, rng }).ok
}

function unknownModel(path: Path, name: string, catalog: Catalog): Finding {
  const [near] = closestIds(catalog, name)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  return { path, rule: 'unknown-model', message: `the catalogue has no model "${name}"${hint}` }
}

function aliasFindings(
  { aliases }: RouterFile,
  catalog: Catalog,
  isKnown: (name: string) => boolean,
): readonly Finding[] {
  return Object.entries(aliases).flatMap(([alias, target]): readonly Finding[] => {
    const path = ['aliases', alias]
    if (catalog.models.has(alias)) {
      // Ids come first, so the alias would never be looked at.
      const message = `"${alias}" is a model of the catalogue`
      return [{ path, rule: 'duplicate', message, at: 'key' }]
    }
    return isKnown(alias) ? [] : [unknownModel(path, target, catalog)]
  })
}

function poolFindings({ pools }: RouterFile, catalog: Catalog, names: KnownNames): readonly Finding[] {
  return pools.flatMap(({ id, models }, index) => {
    const shadowed = catalog.models.has(id)
      ? [{ path: ['pools', index, 'id'], rule: 'duplicate', message: `"${id}" is a model of the catalogue` }]
      : []
    const matching = models.some(glob => names.matchesModel(glob))
    if (matching) return shadowed
    const message = `the pool "${id}" matches no model of the catalogue`
    return [...shadowed, { path: ['pools', index, 'models'], rule: 'unknown-model', message }]
  })
}

interface Known {
  readonly catalog: Catalog
  readonly names: KnownNames
  readonly isKnown: (name: string) => boolean
}

function ruleFindings({ rules }: RouterFile, { catalog, names, isKnown }: Known): readonly Finding[] {
  return rules.flatMap(({ models, provider }, index) => {
    const path = ['rules', index]
    const unknown = models.flatMap((name, at) =>
      isKnown(name) ? [] : [unknownModel([...path, 'models', at], name, catalog)],
    )
    const preferences = parsePreferences(provider)
    if (!preferences.ok) {
      return [...unknown, { path: [...path, 'provider'], rule: 'bad-provider', message: preferences.problem }]
    }
    const lists = (['order', 'only', 'ignore'] as const).flatMap(list =>
      slugFindings(preferences.preferences[list], [...path, 'provider', list], names),
    )
    const ignored = preferences.preferences.ignoredFields.map(field => ({
      path: [...path, 'provider'],
      rule: 'unknown-key',
      message: `provider.${field} has no effect`,
    }))
    return [...unknown, ...lists, ...ignored]
  })
}

function accessFindings(access: AccessValues, path: Path, names: KnownNames): readonly Finding[] {
  const { models, only, ignore, regions } = access
  return [
    ...(models ?? []).flatMap((glob, index) => {
      if (names.matchesModel(glob)) return []
      const message = `"${glob}" matches no model of the catalogue`
      return [{ path: [...path, 'models', index], rule: 'unknown-model', message }]
    }),
    ...slugFindings(only ?? [], [...path, 'only'], names),
    ...slugFindings(ignore, [...path, 'ignore'], names),
    ...(regions ?? []).flatMap((region, index) => {
      if (names.isRegion(region)) return []
      const message = `no endpoint of the catalogue is in the region "${region}"`
      return [{ path: [...path, 'regions', index], rule: 'unknown-region', message }]
    }),
  ]
}

function queueFindings({ queue }: RouterFile, { providers }: KnownNames): readonly Finding[] {
  return Object.keys(queue.providers).flatMap((id): readonly Finding[] => {
    if (providers.includes(id)) return []
    const message = `the catalogue has no provider "${id}"${didYouMean(id, providers)}`
    return [{ path: ['queue', 'providers', id], rule: 'unknown-provider', message, at: 'key' }]
  })
}

function slugFindings(slugs: readonly string[], path: Path, names: KnownNames): readonly Finding[] {
  return slugs.flatMap((slug, index) => {
    if (names.isProvider(slug)) return []
    const message = `the catalogue has no provider "${slug}"${didYouMean(slug, names.providers)}`
    return [{ path: [...path, index], rule: 'unknown-provider', message }]
  })
}
