import { z } from 'zod'
import type { Problem } from '../../core/index.ts'
import { type Finding, type Path, schemaFindings } from '../../document/index.ts'
import type { SessionLine, SessionLineRequest } from './session-line.ts'
import { walkJson } from './walk-json.ts'

const tokens = z.int().nonnegative()
const seconds = z.number().nonnegative()

/** `s`: answered as a stream, `n`: not. Unknown keys are welcome: traces carry more than is kept. */
const requestSchema = z.object({
  type: z.enum(['s', 'n']),
  t: seconds,
  model: z.string(),
  in: z.int().positive(),
  out: tokens,
  hash_ids: z.array(z.int()),
  api_time: seconds.nullish(),
  think_time: seconds.nullish(),
  ttft: seconds.nullish(),
  stop: z.string().nullish(),
})

const subagentSchema = z.object({ type: z.literal('subagent'), requests: z.array(requestSchema) })

const traceSchema = z.object({
  // As long as `parseSessions` lets it be.
  id: z.string().min(1).max(180),
  block_size: z.int().positive(),
  tool_tokens: tokens,
  system_tokens: tokens,
  requests: z.array(z.discriminatedUnion('type', [requestSchema, subagentSchema])).min(1),
})

type TraceRequest = z.output<typeof requestSchema>

/**
 * Makes a session line of one trace file of callanjfox/kv-cache-tester, or says everything that is wrong with it.
 *
 * A trace names the cache blocks of every prompt by `hash_ids`. `cached` is the leading blocks that any request of
 * the session before had, times the block size, at most the whole prompt. Requests of sub-agents follow where the
 * trace has the sub-agent, flagged; they share the session's blocks. Pure.
 */
export function importTrace({
  file,
  text,
}: {
  readonly file: string
  readonly text: string
}):
  | { readonly ok: true; readonly session: SessionLine }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const bare = text.replace(/^\uFEFF/, '')
  let value: unknown
  try {
    value = JSON.parse(bare)
  } catch {
    // The parser's own message names a position only in words.
    const place = placeAt(bare, walkJson(bare) ?? 0)
    return { ok: false, problems: [{ file, ...place, rule: 'json-syntax', message: 'this is not JSON' }] }
  }
  const parsed = traceSchema.safeParse(value)
  if (!parsed.success) {
    const findings = schemaFindings(parsed.error.issues, { value, schema: {} })
    return { ok: false, problems: problemsOf(findings, { file, text: bare }) }
  }
  const { requests, ...head } = parsed.data
  const cachedTokens = createBlockCache(head.block_size)
  const session = {
    ...head,
    requests: requests.flatMap(entry =>
      entry.type === 'subagent'
        ? entry.requests.map(request => ({ ...requestLine(request, cachedTokens), subagent: true as const }))
        : [requestLine(entry, cachedTokens)],
    ),
  }
  return { ok: true, session }
}

function requestLine(
  request: TraceRequest,
  cachedTokens: (request: TraceRequest) => number,
): SessionLineRequest {
  return {
    t: request.t,
    model: request.model,
    in: request.in,
    out: request.out,
    cached: cachedTokens(request),
    api_s: request.api_time ?? undefined,
    think_s: request.think_time ?? undefined,
    ttft_s: request.ttft ?? undefined,
    // Requests that were not recorded to their end have an empty one.
    stop: request.stop || undefined,
  }
}

/** Remembers the blocks of every request it is asked about, and says how much of one was there before. */
function createBlockCache(blockTokens: number): (request: TraceRequest) => number {
  const seen = new Set<number>()
  return ({ in: inputTokens, hash_ids }) => {
    const fresh = hash_ids.findIndex(block => !seen.has(block))
    const hits = fresh === -1 ? hash_ids.length : fresh
    for (const block of hash_ids.slice(hits)) seen.add(block)
    return Math.min(hits * blockTokens, inputTokens)
  }
}

function problemsOf(
  findings: readonly Finding[],
  { file, text }: { readonly file: string; readonly text: string },
): readonly Problem[] {
  const offsets = offsetsOf(
    text,
    findings.map(({ path }) => path),
  )
  return findings
    .map(({ path, rule, message }) => ({
      file,
      ...placeAt(text, offsets.get(keyOf(path)) ?? 0),
      rule,
      message,
    }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
}

/** Where the values at `paths` stand, by `keyOf`, found in one walk. */
function offsetsOf(text: string, paths: readonly Path[]): ReadonlyMap<string, number> {
  const wanted = new Set(paths.map(keyOf))
  const deepest = Math.max(...paths.map(path => path.length))
  const offsets = new Map<string, number>()
  walkJson(text, (path, offset) => {
    if (path.length > deepest) return
    const key = keyOf(path)
    if (wanted.has(key)) offsets.set(key, offset)
  })
  return offsets
}

function keyOf(path: Path): string {
  return path.map(String).join('\n')
}

function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
