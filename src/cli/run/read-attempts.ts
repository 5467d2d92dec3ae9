import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { formatProblem, parseUsd, UserError } from '../../core/index.ts'
import type { AttemptFacts } from '../../sim/index.ts'
import { readTextFile } from '../read-file.ts'

const tokens = z.number().nullable()
const row = z.object({
  span_id: z.string(),
  endpoint: z.string(),
  outcome: z.string(),
  error_type: z.string(),
  http_status: z.number(),
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_tokens: tokens,
  cache_write_tokens: tokens,
  cost_usd: z.string().nullable(),
})

/**
 * The attempts that a run's journal holds, whether they have been uploaded or not.
 * @throws UserError E_RUN_UNKNOWN when there is no journal, E_FILE_UNREADABLE naming the line that is no attempt
 */
export async function readAttempts(journalFolder: string): Promise<readonly AttemptFacts[]> {
  const names = await readdir(journalFolder).catch((cause: unknown) => {
    throw new UserError(`there is no journal in ${journalFolder}`, {
      code: 'E_RUN_UNKNOWN',
      hint: 'Name the folder of a run, such as runs/latest.',
      cause,
    })
  })
  const files = names.filter(name => /-attempts-\d+\b.*\.ndjson$/.test(name)).toSorted()
  const parts = await Promise.all(files.map(name => readRows(join(journalFolder, name))))
  return parts.flat()
}

async function readRows(file: string): Promise<readonly AttemptFacts[]> {
  const text = await readTextFile(file, 'journal')
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return []
    const parsed = row.safeParse(jsonOf(line))
    if (parsed.success) return [factsOf(parsed.data)]
    throw new UserError(`${file} holds a line that is no attempt`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'The journal was written by another version, or the file is damaged.',
      problems: [
        formatProblem({
          file,
          line: index + 1,
          column: 1,
          rule: 'bad-row',
          message: 'not a row of attempts',
        }),
      ],
    })
  })
}

function factsOf(one: z.output<typeof row>): AttemptFacts {
  return {
    spanId: one.span_id,
    endpoint: one.endpoint,
    outcome: one.outcome,
    errorType: one.error_type,
    httpStatus: one.http_status,
    inputTokens: one.input_tokens,
    outputTokens: one.output_tokens,
    cacheReadTokens: one.cache_read_tokens,
    cacheWriteTokens: one.cache_write_tokens,
    cost: one.cost_usd === null ? null : parseUsd(one.cost_usd),
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON is no row either; the schema says so.
    return undefined
  }
}
