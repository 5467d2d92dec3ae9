import { didYouMean, type Finding, missingKey, type Path } from '../document/index.ts'
import { endpointId, tagOf } from './endpoint-id.ts'
import { neededModelKeys, wireNames } from './file-schema.ts'
import type { Outline } from './outline.ts'

/**
 * Checks the rules that hold between entries: ids and tags are unique in a file, providers and protocols exist,
 * each model is described in full by one file or another and has endpoints, each price has source and date.
 *
 * Pure. Files count in order: a later one may add to what an earlier one says.
 *
 * @param complete false when a file could not be read, so that nothing is said about what may be in it.
 * @returns The findings of each file.
 */
export function crossFindings(
  outlines: readonly Outline[],
  complete: boolean,
): readonly (readonly Finding[])[] {
  const providers = new Map(
    outlines.flatMap(outline => outline.providers).map(({ id, wires }) => [id, wires]),
  )
  const known = new Map<string, Set<string>>()
  const owners = new Map<string, string>()
  return outlines.map(outline => [
    ...duplicates(outline),
    ...tagFindings(outline),
    ...clashes(outline, owners),
    ...(complete ? hostFindings(outline, providers) : []),
    ...(complete ? modelFindings(outline, known) : []),
    ...priceFindings(outline),
  ])
}

function duplicates({ providers, models }: Outline): readonly Finding[] {
  return [
    ...repeated(providers.map(({ id }, index) => ({ id, path: ['providers', index, 'id'] }))),
    ...repeated(models.map(({ id }, index) => ({ id, path: ['models', index, 'id'] }))),
    ...models.flatMap(({ endpoints }, index) =>
      repeated(
        (endpoints ?? []).map((endpoint, row) => ({
          id: endpoint.provider && tagOf(endpoint),
          path: ['models', index, 'endpoints', row],
        })),
      ),
    ),
  ]
}

interface Named {
  readonly id: string
  readonly path: Path
}

function repeated(entries: readonly Named[]): readonly Finding[] {
  const seen = new Set<string>()
  return entries.flatMap(({ id, path }) => {
    const again = id !== '' && seen.has(id)
    seen.add(id)
    return again ? [{ path, rule: 'duplicate-id', message: `"${id}" is in this file already` }] : []
  })
}

/** The base of a tag stands for all endpoints of the provider, so it must be that provider. */
function tagFindings({ models }: Outline): readonly Finding[] {
  return models.flatMap((model, index) =>
    (model.endpoints ?? []).flatMap(({ provider, tag }, row) => {
      if (provider === '' || tag === '' || tag === provider || tag.startsWith(`${provider}/`)) return []
      const message = `tag "${tag}" does not begin with its provider: expected ${provider}, or ${provider}/ and more`
      return [{ path: ['models', index, 'endpoints', row, 'tag'], rule: 'bad-tag', message }]
    }),
  )
}

/** Endpoint ids have no author, so two models with one slug cannot be under one tag. */
function clashes({ models }: Outline, owners: Map<string, string>): readonly Finding[] {
  return models.flatMap((model, index) =>
    (model.endpoints ?? []).flatMap((endpoint, row) => {
      if (endpoint.provider === '' || model.id === '') return []
      const id = endpointId(tagOf(endpoint), model.id)
      const owner = owners.get(id) ?? model.id
      owners.set(id, owner)
      if (owner === model.id) return []
      const message = `endpoint "${id}" is that of ${owner} already`
      return [{ path: ['models', index, 'endpoints', row], rule: 'duplicate-id', message }]
    }),
  )
}

type WiresById = ReadonlyMap<string, Readonly<Record<string, unknown>>>

function hostFindings({ providers, models }: Outline, wiresById: WiresById): readonly Finding[] {
  const silent = providers.flatMap(({ id, wires }, index): readonly Finding[] => {
    const none = id !== '' && Object.keys(wires).length === 0
    return none ? [{ path: ['providers', index], rule: 'missing-key', message: `"${id}" has no wires` }] : []
  })
  const rows = models.flatMap((model, index) =>
    (model.endpoints ?? []).flatMap(({ provider, wire }, row): readonly Finding[] => {
      if (provider === '') return []
      const path = ['models', index, 'endpoints', row]
      const wires = wiresById.get(provider)
      if (!wires) {
        const message = `provider "${provider}" is in no file${didYouMean(provider, wiresById.keys())}`
        return [{ path: [...path, 'provider'], rule: 'unknown-provider', message }]
      }
      const known = wireNames.some(name => name === wire)
      if (!known || wire in wires) return []
      const message = `provider "${provider}" offers ${Object.keys(wires).join(', ')}, not ${wire}`
      return [{ path: [...path, 'wire'], rule: 'unknown-wire', message }]
    }),
  )
  return [...silent, ...rows]
}

function modelFindings({ models }: Outline, known: Map<string, Set<string>>): readonly Finding[] {
  return models.flatMap((model, index) => {
    if (model.id === '') return []
    const given = known.get(model.id) ?? new Set()
    for (const key of Object.keys(model)) if (key !== 'endpoints' || model.endpoints?.length) given.add(key)
    known.set(model.id, given)
    const path = ['models', index]
    const missing = neededModelKeys.filter(key => !given.has(key)).map(key => missingKey(path, key))
    const empty = given.has('endpoints')
      ? []
      : [{ path, rule: 'no-endpoints', message: 'no endpoint serves it' }]
    return [...missing, ...empty]
  })
}

function priceFindings({ prices, models }: Outline): readonly Finding[] {
  if (prices) return []
  return models.flatMap((model, index) =>
    (model.endpoints ?? []).flatMap(({ source, date }, row) => {
      if (source !== '' && date !== '') return []
      const message = 'no source and date of the price: give both here, or `prices` for the whole file'
      return [{ path: ['models', index, 'endpoints', row], rule: 'price-unsourced', message }]
    }),
  )
}
