import { z } from 'zod'
import type { Problem } from '../core/index.ts'
import { parseJsonLines } from './parse-json-lines.ts'
import type { Session, SessionRequest } from './session.ts'

const tokens = z.int().nonnegative()
const seconds = z.number().nonnegative()

/** Unknown keys are welcome: recordings carry more than is played. */
const requestSchema = z.object({
  t: seconds,
  in: z.int().positive(),
  out: tokens,
  cached: tokens,
  api_s: seconds.optional(),
  think_s: seconds.optional(),
  subagent: z.boolean().optional(),
})

const lineSchema = z.object({
  id: z.string().min(1).max(180),
  tool_tokens: tokens.default(0),
  system_tokens: tokens.default(0),
  requests: z.array(requestSchema).min(1),
})

type Line = z.output<typeof lineSchema>

/**
 * Reads recorded coding sessions in the `sessions.jsonl` form made from callanjfox/kv-cache-tester traces:
 * one session a line, `{id, tool_tokens, system_tokens, requests: [{t, in, out, cached, api_s?, think_s?}]}`.
 *
 * `cached` is the part of the prompt that the session had sent before. A missing `think_s` is worked out from
 * `t` and `api_s`; 0 when that cannot be. All problems are reported at once, with line and column. Pure.
 */
export function parseSessions(source: {
  readonly file: string
  readonly text: string
}):
  | { readonly ok: true; readonly sessions: readonly Session[] }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { lines, problems } = parseJsonLines(source, {
    schema: lineSchema,
    jsonSchema: {},
    noun: 'session',
    rules: ({ requests }) =>
      requests.flatMap((request, index) =>
        request.cached <= request.in
          ? []
          : [
              {
                path: ['requests', index, 'cached'],
                rule: 'cached-too-long',
                message: `requests[${index}]: ${request.cached} cached of ${request.in} input tokens`,
              },
            ],
      ),
  })
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, sessions: lines.map(line => sessionOf(line.value)) }
}

function sessionOf(line: Line): Session {
  return {
    id: line.id,
    preambleTokens: line.tool_tokens + line.system_tokens,
    requests: line.requests.map(
      (request, index): SessionRequest => ({
        inputTokens: request.in,
        outputTokens: request.out,
        cachedTokens: request.cached,
        thinkSeconds: index === 0 ? 0 : thinkSecondsOf(request, line.requests[index - 1]),
        subagent: request.subagent ?? false,
      }),
    ),
  }
}

function thinkSecondsOf(
  request: Line['requests'][number],
  before: Line['requests'][number] | undefined,
): number {
  if (request.think_s !== undefined) return request.think_s
  return before?.api_s === undefined ? 0 : Math.max(0, request.t - before.t - before.api_s)
}
