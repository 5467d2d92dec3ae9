import type { Catalog } from '../catalog/index.ts'
import { allowsRegion } from './access-rules.ts'
import { matchesGlob } from './glob.ts'
import { matchesAnyInTiers } from './slug.ts'
import { noAccessRules } from './types.ts'

/** What names of a configuration mean in a catalogue. */
export interface KnownNames {
  /** Whether a glob matches the id of a model. */
  matchesModel(glob: string): boolean
  /** Whether a slug, in any case, names an endpoint. */
  isProvider(slug: string): boolean
  /** Whether an endpoint is in the region. */
  isRegion(region: string): boolean
  /** Slugs for a suggestion. */
  readonly providers: readonly string[]
}

/** Reads the names of a catalogue, by the same rules as routing does. Pure. */
export function knownNames({ models, endpoints }: Catalog): KnownNames {
  const ids = [...models.keys()]
  const all = [...endpoints.values()]
  return Object.freeze<KnownNames>({
    matchesModel: glob => ids.some(id => matchesGlob(id, glob)),
    isProvider: slug => all.some(endpoint => matchesAnyInTiers(endpoint, [slug.toLowerCase()])),
    isRegion: region => all.some(endpoint => allowsRegion({ ...noAccessRules, regions: [region] }, endpoint)),
    providers: [...new Set(all.map(({ provider }) => provider.id))],
  })
}
