import type { Problem } from '../core/index.ts'
import { capProblems, openDocument, problemsOf, schemaFindings } from '../document/index.ts'
import { buildCatalog } from './build-catalog.ts'
import { crossFindings } from './cross-rules.ts'
import { fileSchema } from './file-schema.ts'
import { catalogJsonSchema } from './json-schema.ts'
import { outlineOf } from './outline.ts'
import type { Catalog } from './types.ts'

/** One catalogue file: its name, for problems, and its text. */
export interface CatalogFile {
  readonly name: string
  readonly text: string
}

/** Rules of choices that deserve a name of their own. */
const choiceRules: ReadonlyMap<PropertyKey, string> = new Map([
  ['quantization', 'unknown-quantization'],
  ['wire', 'unknown-wire'],
  ['supports', 'unknown-parameter'],
])

const asTexts = { scalars: 'text' } as const

/** Options of `parseCatalog`. */
export interface ParseCatalogOptions {
  /** In order of precedence: a later file adds to an earlier one and wins where both say something. */
  readonly files: readonly CatalogFile[]
}

/** The catalogue, or everything that is wrong with its files. */
export type ParsedCatalog =
  | { readonly ok: true; readonly catalog: Catalog }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads catalogue files (docs/catalog.md) into one catalogue.
 *
 * Pure: text in, catalogue or problems out. Prices are read from the text as written, never through a float.
 * Providers may be in another file than the models they serve. A file with broken YAML gives its syntax
 * problems only; from all others every problem is reported at once, in order of file and place.
 */
export function parseCatalog({ files }: ParseCatalogOptions): ParsedCatalog {
  const opened = files.map(({ name: file, text }) => ({
    file,
    document: openDocument({ file, text }, asTexts),
  }))
  const shapes = opened.map(({ document }) => fileSchema.safeParse(document.value))
  const readable = opened.every(({ document }) => document.syntaxProblems.length === 0)
  const crossed = crossFindings(
    opened.map(({ document }) => outlineOf(document.value)),
    readable,
  )
  const problems = opened.flatMap(({ file, document }, index) => {
    if (document.syntaxProblems.length > 0) return capProblems(document.syntaxProblems)
    const issues = shapes[index]?.error?.issues ?? []
    const shape = issues.length > 0 ? schemaFindings(issues, checkedAs(document.value)) : []
    return problemsOf([...shape, ...(crossed[index] ?? [])], { file, document })
  })
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, catalog: buildCatalog(shapes.flatMap(({ data }) => (data ? [data] : []))) }
}

function checkedAs(value: unknown) {
  return { value, schema: catalogJsonSchema(), scalarsAreTexts: true, choiceRules }
}
