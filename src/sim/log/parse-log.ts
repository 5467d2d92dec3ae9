import { z } from 'zod'
import { formatProblem, UserError } from '../../core/index.ts'
import type { LogLine } from './log-line.ts'

const count = z.int().nonnegative()
const header = z.object({ kind: z.literal('provider_log'), version: z.literal(1) })
const line: z.ZodType<LogLine> = z.strictObject({
  kind: z.literal('request'),
  no: count,
  endpoint: z.string(),
  draw_id: z.string(),
  trace_id: z.string(),
  span_id: z.string(),
  stream: z.boolean(),
  received_ns: z.number(),
  headers_ns: z.number().nullable(),
  first_byte_ns: z.number().nullable(),
  last_byte_ns: z.number().nullable(),
  end_ns: z.number(),
  status: count,
  ended: z.enum(['complete', 'cut', 'reset', 'canceled']),
  canceled: z.boolean(),
  input_tokens: count.nullable(),
  cached_tokens: count.nullable(),
  written_tokens: count.nullable(),
  output_tokens: count.nullable(),
  sent_tokens: count,
  chunks: count,
  planned_end_us: z.number().nullable(),
  writes_us: z.array(z.tuple([z.number().nullable(), z.number()])),
  billed_usd: z.string(),
  price_version: z.string(),
})

/**
 * Reads a provider log. Pure.
 *
 * @param source.file The path as it is shown in problems.
 * @throws UserError E_FILE_UNREADABLE with the place of every line that is not one of this version.
 */
export function parseProviderLog(source: {
  readonly file: string
  readonly text: string
}): readonly LogLine[] {
  const texts = source.text.split('\n')
  const problems: string[] = []
  const lines = texts.flatMap((text, index) => {
    if (text.trim() === '') return []
    const parsed = (index === 0 ? header : line).safeParse(jsonOf(text))
    if (parsed.success) return 'no' in parsed.data ? [parsed.data] : []
    const message = parsed.error.issues[0]?.message ?? 'not a line of a provider log'
    problems.push(
      formatProblem({ file: source.file, line: index + 1, column: 1, rule: 'bad-log-line', message }),
    )
    return []
  })
  if (problems.length === 0 && texts[0]?.trim()) return lines
  throw new UserError(`${source.file} is not a provider log of version 1`, {
    code: 'E_FILE_UNREADABLE',
    hint: 'Name a file that `routebench providers --log` or a run with simulation.log wrote.',
    problems: problems.slice(0, 20),
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON is not a line either; the schema says so.
    return undefined
  }
}
