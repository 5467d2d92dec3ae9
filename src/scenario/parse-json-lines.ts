import type { z } from 'zod'
import type { Problem } from '../core/index.ts'
import {
  capProblems,
  type Finding,
  type JsonSchema,
  openDocument,
  problemsOf,
  schemaFindings,
} from '../document/index.ts'

/** Lines longer than this get column 1: finding the column would parse them a second time. */
const maxLocatedLength = 20_000

/** A line of a file that is as its schema wants it. */
export interface ParsedLine<T> {
  readonly line: number
  readonly value: T
}

/** How to read one kind of line. */
export interface LineFormat<T> {
  readonly schema: z.ZodType<T>
  /** The same schema, for suggestions; `{}` where unknown keys are welcome. */
  readonly jsonSchema: JsonSchema
  /** What the schema cannot say. */
  readonly rules: (value: T) => readonly Finding[]
  /** Name of one line's content, such as `session`. */
  readonly noun: string
}

/**
 * Reads a JSON Lines text: all its lines, or everything that is wrong with them. Blank lines are skipped; a
 * file without any other line is a problem. Two lines with one `id` are a problem. Pure.
 */
export function parseJsonLines<T extends { readonly id?: string | undefined }>(
  source: { readonly file: string; readonly text: string },
  format: LineFormat<T>,
): { readonly lines: readonly ParsedLine<T>[]; readonly problems: readonly Problem[] } {
  const { file } = source
  const texts = source.text.replace(/^\uFEFF/, '').split('\n')
  const lines: ParsedLine<T>[] = []
  const problems: Problem[] = []
  const lineOfId = new Map<string, number>()
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue
    const line = index + 1
    const read = readLine({ file, text }, format)
    problems.push(...read.problems.map(problem => ({ ...problem, line })))
    if (read.value === undefined) continue
    lines.push({ line, value: read.value })
    const twin = read.value.id === undefined ? undefined : lineOfId.get(read.value.id)
    if (twin !== undefined) {
      const message = `line ${twin} has the same id "${read.value.id}"`
      problems.push({ file, line, column: 1, rule: 'duplicate-id', message })
    } else if (read.value.id !== undefined) lineOfId.set(read.value.id, line)
  }
  if (lines.length === 0 && problems.length === 0) {
    problems.push({
      file,
      line: 1,
      column: 1,
      rule: 'empty-file',
      message: `there is no ${format.noun} in this file`,
    })
  }
  return { lines, problems: capProblems(problems) }
}

function readLine<T>(
  { file, text }: { readonly file: string; readonly text: string },
  format: LineFormat<T>,
): { readonly value?: T; readonly problems: readonly Problem[] } {
  const locate = (findings: readonly Finding[]) =>
    text.length > maxLocatedLength
      ? findings.map(({ rule, message }) => ({ file, line: 1, column: 1, rule, message }))
      : problemsOf(findings, { file, document: openDocument({ file, text }) })
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    // The parser's own message names a position only in words; the YAML reader finds most mistakes' places.
    return {
      problems: [{ ...syntaxPlace({ file, text }), rule: 'json-syntax', message: 'this line is not JSON' }],
    }
  }
  const parsed = format.schema.safeParse(data)
  if (!parsed.success) {
    const checked = { value: data, schema: format.jsonSchema }
    return { problems: locate(schemaFindings(parsed.error.issues, checked)) }
  }
  const findings = format.rules(parsed.data)
  return { value: parsed.data, problems: findings.length > 0 ? locate(findings) : [] }
}

function syntaxPlace({ file, text }: { readonly file: string; readonly text: string }) {
  const [first] = text.length > maxLocatedLength ? [] : openDocument({ file, text }).syntaxProblems
  return { file, line: 1, column: first?.column ?? 1 }
}
