import type { Catalog } from '../../catalog/index.ts'
import { formatProblem } from '../../core/index.ts'
import {
  type Finding,
  openDocument,
  type Path,
  problemsOf,
  schemaFindings,
  valueAt,
} from '../../document/index.ts'
import { catalogFindings } from './catalog-findings.ts'
import { contradictions } from './contradictions.ts'
import { type RouterFile, type RouterFileInput, routerFileSchema } from './file-schema.ts'
import { routerJsonSchema } from './json-schema.ts'
import { layOver, says } from './layers.ts'
import { secretFindings } from './secret-findings.ts'

/** Where a configuration comes from. */
export interface RouterConfigSource {
  /** Path as it is shown, and text; null: there is no file. */
  readonly file: { readonly name: string; readonly text: string } | null
  /** What the command line says; wins over the file. */
  readonly overrides: RouterFileInput
}

/** Who has said a value. */
export type Origin = 'default' | 'file' | 'command line'

/** A configuration that does not contradict itself. */
export interface RouterConfig {
  /** Every default filled in. */
  readonly values: RouterFile
  originOf(path: Path): Origin
  /** Names that mean nothing in the catalogue, one line each; empty when all is well. */
  problemsWith(catalog: Catalog): readonly string[]
}

/** The configuration, or everything that is wrong with it: a line each, with file, line and column where it has them. */
export type ParsedRouterConfig =
  | { readonly ok: true; readonly config: RouterConfig }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Reads the router's configuration (docs/router.md, Configuration) in two steps, since the catalogue files are named in
 * it: alone, then against the catalogue. No file at all means the defaults. No problem quotes a value
 * that looks like a key. Pure.
 */
export function parseRouterConfig({ file, overrides }: RouterConfigSource): ParsedRouterConfig {
  const document = openDocument({ file: file?.name ?? '', text: file?.text ?? '' })
  if (document.syntaxProblems.length > 0) {
    return { ok: false, problems: document.syntaxProblems.map(formatProblem) }
  }
  // Whoever replaces a file may leave it empty for a moment; that must not open all doors.
  if (file !== null && isNothing(document.value)) {
    return { ok: false, problems: [`${file.name}:1:1 empty-file: the file is empty`] }
  }
  const written = document.value ?? {}
  const linesOf = (findings: readonly Finding[]): readonly string[] => {
    const ofFile = findings.filter(({ path }) => file !== null && !says(overrides, path))
    const others = findings.filter(finding => !ofFile.includes(finding))
    return [
      ...problemsOf(ofFile, { file: file?.name ?? '', document }).map(formatProblem),
      ...others.map(({ rule, message, hint }) => `command line ${rule}: ${message}${hint?.() ?? ''}`),
    ]
  }
  const given = layOver(written, overrides)
  const parsed = routerFileSchema.safeParse(given)
  const secrets = secretFindings(written)
  const shape = parsed.success
    ? contradictions(parsed.data, given)
    : schemaFindings(parsed.error.issues, { value: given, schema: routerJsonSchema() })
  const findings = [...secrets, ...shape.filter(finding => !tellsSecret(finding, secrets, written))]
  if (!parsed.success || findings.length > 0) return { ok: false, problems: linesOf(findings) }
  const config = Object.freeze<RouterConfig>({
    values: parsed.data,
    originOf: path =>
      says(overrides, path) ? 'command line' : says(written, path) ? 'file' : ('default' as const),
    problemsWith: catalog => linesOf(catalogFindings(parsed.data, catalog)),
  })
  return { ok: true, config }
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined
}

/** What is said of a secret besides that it is one, and whatever quotes it. */
function tellsSecret({ path, message }: Finding, secrets: readonly Finding[], written: unknown): boolean {
  const place = path.join('\u0000')
  return secrets.some(
    secret => secret.path.join('\u0000') === place || message.includes(String(valueAt(written, secret.path))),
  )
}
