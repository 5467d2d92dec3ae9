import { z } from 'zod'
import { formatProblem, type Problem, UserError } from '../../core/index.ts'

const headerSchema = z.strictObject({
  kind: z.literal('cassette'),
  version: z.literal(1),
  /** When it was recorded, µs since 1970 UTC. */
  recorded_epoch_us: z.number(),
  /** Base URL that was recorded. */
  upstream: z.string(),
  /** Whether texts are as they came; false: filler of the same length. */
  contents: z.boolean(),
})

const us = z.number().nonnegative()
const takeSchema = z.strictObject({
  kind: z.literal('exchange'),
  /** Identity of method, path and body, see `requestKey`. */
  key: z.string().regex(/^[0-9a-f]{32}$/, 'not a request key'),
  method: z.string(),
  /** Path below the base URL, without the query. */
  path: z.string().startsWith('/'),
  status: z.int().min(200).max(599),
  headers: z.record(z.string(), z.string()),
  /** µs from the request to the answer's headers, to each piece of the body, and to the end. */
  headers_us: us,
  chunks: z.array(z.tuple([us, z.string()])).refine(isInOrder, 'pieces are not in order of time'),
  end_us: us,
  /** `broken`: the provider closed the connection before its answer was complete. */
  ended: z.enum(['complete', 'broken']),
})

/** First line of a cassette. */
export type CassetteHeader = z.output<typeof headerSchema>

/** One recorded answer. */
export type Take = z.output<typeof takeSchema>

/** A cassette that was read. */
export interface Cassette {
  readonly header: CassetteHeader
  readonly takes: readonly Take[]
}

/**
 * Reads a cassette (JSON Lines: a header, then one line an answer). Pure.
 *
 * @param source.file The path as it is shown in problems.
 * @throws UserError E_CASSETTE_INVALID with the place of every line that is not one, or of another version.
 */
export function parseCassette({ file, text }: { readonly file: string; readonly text: string }): Cassette {
  const problems: Problem[] = []
  const report = (line: number, rule: string, message: string) =>
    problems.push({ file, line, column: 1, rule, message })
  const lines = text.split('\n')
  const header = headerSchema.safeParse(jsonOf(lines[0] ?? ''))
  if (!header.success) report(1, 'cassette-header', headerMessage(jsonOf(lines[0] ?? '')))
  const takes = lines.flatMap((line, index) => {
    if (index === 0 || line.trim() === '') return []
    const take = takeSchema.safeParse(jsonOf(line))
    if (take.success) return [take.data]
    report(index + 1, 'cassette-line', lineMessage(line, take.error))
    return []
  })
  if (header.success && problems.length === 0 && takes.length === 0)
    report(1, 'cassette-empty', 'the cassette holds no answer')
  if (header.success && problems.length === 0) return { header: header.data, takes }
  throw new UserError(`${file} is not a cassette that can be played`, {
    code: 'E_CASSETTE_INVALID',
    hint: 'Record it again with `routebench providers --record <base URL>`.',
    problems: problems.slice(0, 20).map(formatProblem),
  })
}

function headerMessage(value: unknown): string {
  const header = z.object({ kind: z.literal('cassette'), version: z.unknown() }).safeParse(value)
  if (!header.success) return 'the first line is not the header of a cassette'
  const { version } = header.data
  return version === 1
    ? 'the header lacks a field, or has one that is not known'
    : `the cassette is of version ${JSON.stringify(version)}; this program plays version 1`
}

function lineMessage(line: string, error: z.ZodError): string {
  if (jsonOf(line) === undefined) return 'not JSON; the file is cut off or damaged here'
  const [issue] = error.issues
  return issue ? `${issue.path.join('.') || 'line'}: ${issue.message}` : 'not a recorded answer'
}

function isInOrder(chunks: readonly (readonly [number, string])[]): boolean {
  return chunks.every(([at], index) => at >= (chunks[index - 1]?.[0] ?? 0))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is not JSON fails the schema, which names the line.
    return undefined
  }
}
