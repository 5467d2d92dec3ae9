import { dirname, isAbsolute, join } from 'node:path'
import { UserError } from '../../core/index.ts'
import { parseRouterConfig, type RouterConfig, type RouterFileInput, settingsOf } from '../../router/index.ts'
import { loadCatalog } from '../load-catalog.ts'
import { readTextFile } from '../read-file.ts'
import type { RoutingConfig } from '../roles/role-config.ts'
import { requireSendableKeys } from '../run/required-keys.ts'

/** What the router command was told. */
export interface RouterSource {
  /** Path of the configuration file; null: there is none. */
  readonly configFile: string | null
  /** What flags say; wins over the file. */
  readonly overrides: RouterFileInput
  readonly env: NodeJS.ProcessEnv
}

/** A configuration that was read and checked, with all it names. */
export interface LoadedRouter {
  readonly config: RouterConfig
  readonly routing: RoutingConfig
  /** Every file that was read for it, but for the built-in catalogue. */
  readonly files: readonly string[]
}

/**
 * Reads the router's configuration and catalogue and checks them against each other.
 * @throws UserError E_CONFIG_INVALID with every problem, E_CATALOG_INVALID, E_FILE_UNREADABLE
 */
export async function loadRouter({ configFile, overrides, env }: RouterSource): Promise<LoadedRouter> {
  const file =
    configFile === null
      ? null
      : { name: configFile, text: await readTextFile(configFile, 'configuration file') }
  const parsed = parseRouterConfig({ file, overrides })
  if (!parsed.ok) throw invalid(parsed.problems)
  const { values, originOf, problemsWith } = parsed.config
  const base = originOf(['catalog']) === 'file' ? dirname(configFile ?? '') : '.'
  const catalogFiles = values.catalog.map(path => (isAbsolute(path) ? path : join(base, path)))
  const catalog = await loadCatalog(catalogFiles)
  const problems = problemsWith(catalog)
  if (problems.length > 0) throw invalid(problems)
  if (values.providers_url === null) requireSendableKeys(catalog, env)
  return {
    config: parsed.config,
    routing: { catalog, settings: settingsOf(values), providersUrl: values.providers_url },
    files: [...(configFile === null ? [] : [configFile]), ...catalogFiles],
  }
}

function invalid(problems: readonly string[]): UserError {
  return new UserError(`the router's configuration has ${problems.length} problem(s)`, {
    code: 'E_CONFIG_INVALID',
    hint: 'Mend what is named above; docs/router.md describes the configuration.',
    problems,
  })
}
