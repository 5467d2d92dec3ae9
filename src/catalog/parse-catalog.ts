import type { Problem } from '../core/index.ts'
import { buildCatalog } from './build-catalog.ts'
import { crossFindings } from './cross-rules.ts'
import { fileSchema } from './file-schema.ts'
import { type CatalogFile, openDocument } from './open-document.ts'
import { outlineOf } from './outline.ts'
import { schemaFindings } from './schema-findings.ts'
import type { Catalog } from './types.ts'

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
  const opened = files.map(openDocument)
  const shapes = opened.map(({ value }) => fileSchema.safeParse(value))
  const readable = opened.every(({ syntaxProblems }) => syntaxProblems.length === 0)
  const crossed = crossFindings(
    opened.map(({ value }) => outlineOf(value)),
    readable,
  )
  const problems = opened.flatMap((document, index) => {
    if (document.syntaxProblems.length > 0) return document.syntaxProblems
    const issues = shapes[index]?.error?.issues ?? []
    const findings = [...schemaFindings(document.value, issues), ...(crossed[index] ?? [])]
    return findings.map(document.problem).toSorted((a, b) => a.line - b.line || a.column - b.column)
  })
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, catalog: buildCatalog(shapes.flatMap(({ data }) => (data ? [data] : []))) }
}
