import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Catalog, closestIds, parseCatalog } from '../catalog/index.ts'
import { formatProblem, UserError } from '../core/index.ts'
import { packageRoot } from './paths.ts'
import { readTextFile } from './read-file.ts'

/**
 * Reads the built-in catalogue and lays the user's files over it.
 * @throws UserError E_CATALOG_INVALID with every problem of every file
 */
export async function loadCatalog(extraFiles: readonly string[] = []): Promise<Catalog> {
  const folder = join(packageRoot, 'catalog')
  const names = (await readdir(folder)).filter(name => name.endsWith('.yaml')).toSorted()
  const paths = [...names.map(name => join(folder, name)), ...extraFiles]
  const files = await Promise.all(
    paths.map(async name => ({ name, text: await readTextFile(name, 'catalogue file') })),
  )
  const parsed = parseCatalog({ files })
  if (parsed.ok) return parsed.catalog
  throw new UserError(`the catalogue has ${parsed.problems.length} problem(s)`, {
    code: 'E_CATALOG_INVALID',
    hint: 'Mend the lines named above; the format is described in docs/catalog.md.',
    problems: parsed.problems.map(formatProblem),
  })
}

/** @throws UserError E_MODEL_UNKNOWN naming the nearest known ids */
export function requireModels(catalog: Catalog, ids: Iterable<string>): void {
  for (const id of ids) {
    if (catalog.models.has(id)) continue
    const near = closestIds(catalog, id)
    throw new UserError(`the catalogue has no model ${id}`, {
      code: 'E_MODEL_UNKNOWN',
      hint: `${near.length > 0 ? `Did you mean ${near.join(', ')}? ` : ''}\`routebench catalog show\` lists all.`,
    })
  }
}
