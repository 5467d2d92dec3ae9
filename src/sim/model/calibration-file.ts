import type { CatalogFile } from '../../catalog/index.ts'
import type { Problem } from '../../core/index.ts'
import { capProblems, type Finding, openDocument, problemsOf } from '../../document/index.ts'
import {
  type Calibration,
  type CalibrationFigures,
  type CalibrationRow,
  type CalibrationSource,
  neededFigures,
} from './calibration.ts'
import { type CalibrationDocument, calibrationSchema } from './calibration-schema.ts'

/** The calibration, or everything that is wrong with its files. */
export type ParsedCalibration =
  | { readonly ok: true; readonly calibration: Calibration }
  | { readonly ok: false; readonly problems: readonly Problem[] }

type Row = CalibrationDocument['rows'][number]

/** Keys of a row that are figures, with their names in the program. */
const figureKeys = {
  ttft_ms: 'ttftMs',
  ttft_base_ms: 'ttftBaseMs',
  uncached_ms_per_1k: 'uncachedMsPer1k',
  cached_ms_per_1k: 'cachedMsPer1k',
  ttft_sigma: 'ttftSigma',
  tail_ratio: 'tailRatio',
  tail_factors: 'tailFactors',
  tokens_per_second: 'tokensPerSecond',
  decode_sigma: 'decodeSigma',
  chunk_tokens: 'chunkTokens',
  answer_tokens: 'answerTokens',
  answer_sigma: 'answerSigma',
  reasoning_tokens: 'reasoningTokens',
  reasoning_sigma: 'reasoningSigma',
  reasoning_by_default: 'reasoningByDefault',
  slots: 'slots',
  refusal_ms: 'refusalMs',
  tokenizer: 'tokenizer',
} as const satisfies Partial<Record<keyof Row, keyof CalibrationFigures>>

/**
 * Reads calibration files (docs/simulator.md) into one calibration.
 *
 * Pure: text in, calibration or problems out. Rows of a later file come after those of an earlier one and so win;
 * a file may use the sources of earlier files. A figure that no server could have, a row without a known source,
 * two values for one figure in rows alike, and figures that some endpoint would lack are problems.
 */
export function parseCalibration({ files }: { readonly files: readonly CatalogFile[] }): ParsedCalibration {
  const sources = new Map<string, CalibrationSource>()
  const problems: Problem[] = []
  const documents: CalibrationDocument[] = []
  for (const { name: file, text } of files) {
    const document = openDocument({ file, text }, { scalars: 'text' })
    const parsed = calibrationSchema.safeParse(document.value)
    const findings = parsed.success
      ? crossFindings(parsed.data, addSources(sources, parsed.data))
      : parsed.error.issues.map(({ path, message }) => ({
          path,
          rule: 'bad-figure',
          message: at(path, message),
        }))
    const { syntaxProblems } = document
    problems.push(
      ...(syntaxProblems.length > 0 ? capProblems(syntaxProblems) : problemsOf(findings, { file, document })),
    )
    if (parsed.success) documents.push(parsed.data)
  }
  const rows = problems.length > 0 ? [] : documents.flatMap(({ rows: found }) => rowsOf(found, sources))
  if (problems.length === 0) problems.push(...missingFigures(rows, files[0]?.name ?? 'calibration'))
  if (problems.length > 0) return { ok: false, problems }
  const version = documents.map(({ calibration, date }) => `${calibration}@${date}`).join('+')
  const aliases = new Map(documents.flatMap(document => Object.entries(document.aliases ?? {})))
  return { ok: true, calibration: { version, aliases, rows } }
}

function at(path: readonly PropertyKey[], message: string): string {
  const key = path.findLast(step => typeof step === 'string')
  return key === undefined ? message : `${key}: ${message}`
}

/** Adds a file's sources; gives all that are known by then. */
function addSources(known: Map<string, CalibrationSource>, document: CalibrationDocument) {
  for (const [name, source] of Object.entries(document.sources ?? {})) known.set(name, { name, ...source })
  return known
}

function crossFindings(
  { rows }: CalibrationDocument,
  sources: ReadonlyMap<string, CalibrationSource>,
): readonly Finding[] {
  const seen = new Map<string, number>()
  return rows.flatMap((row, index) => [
    ...rowFindings(row, index, sources),
    ...Object.keys(figuresIn(row)).flatMap(figure => {
      const key = [row.provider, row.model, figure].join(' ')
      const first = seen.get(key)
      seen.set(key, first ?? index)
      if (first === undefined) return []
      const message = `row ${first + 1} gives ${figure} to the same endpoints`
      return [{ path: ['rows', index], rule: 'duplicate-figure', message }]
    }),
  ])
}

function rowFindings(
  row: Row,
  index: number,
  sources: ReadonlyMap<string, CalibrationSource>,
): readonly Finding[] {
  const findings: Finding[] = []
  const report = (key: string, rule: string, message: string) =>
    findings.push({ path: ['rows', index, key], rule, message })
  if (!sources.has(row.source)) report('source', 'unknown-source', `"${row.source}" is not among the sources`)
  if (row.ttft_ms !== undefined && row.ttft_base_ms !== undefined)
    report('ttft_base_ms', 'impossible', 'ttft_ms and ttft_base_ms are two forms of one law; give one')
  const { uncached_ms_per_1k: uncached = Infinity, cached_ms_per_1k: cached = 0 } = row
  if (cached > uncached)
    report('cached_ms_per_1k', 'impossible', 'cached tokens cannot take longer than uncached ones')
  if (Object.keys(figuresIn(row)).length === 0)
    findings.push({ path: ['rows', index], rule: 'empty-row', message: 'the row gives no figure' })
  return findings
}

function figuresIn(row: Row): Partial<CalibrationFigures> {
  const found = Object.entries(figureKeys).flatMap(([key, name]) => {
    const value: unknown = Reflect.get(row, key)
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

function rowsOf(
  rows: CalibrationDocument['rows'],
  sources: ReadonlyMap<string, CalibrationSource>,
): readonly CalibrationRow[] {
  return rows.flatMap(row => {
    const source = sources.get(row.source)
    const { provider = null, model = null } = row
    return source ? [{ provider, model, source, figures: figuresIn(row) }] : []
  })
}

/** Figures that rows for every endpoint do not give. */
function missingFigures(rows: readonly CalibrationRow[], file: string): readonly Problem[] {
  const general = rows.filter(({ provider, model }) => provider === null && model === null)
  const given = new Set(general.flatMap(({ figures }) => Object.keys(figures)))
  const missing: string[] = neededFigures.filter(name => !given.has(name))
  if (!given.has('ttftMs') && !given.has('ttftBaseMs')) missing.unshift('ttftMs')
  const rule = 'missing-figure'
  return missing.map(name => {
    return { file, line: 1, column: 1, rule, message: `no row for every endpoint gives ${name}` }
  })
}
