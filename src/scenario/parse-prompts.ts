import { z } from 'zod'
import type { Problem } from '../core/index.ts'
import type { Finding, JsonSchema } from '../document/index.ts'
import { type CheckRules, createCheckRules } from './check-rules.ts'
import { checkSchema } from './check-schema.ts'
import { parseJsonLines } from './parse-json-lines.ts'
import type { Prompt } from './prompt.ts'
import { reservedFindings } from './rules.ts'

const id = z.string().regex(/^[^\s#]{1,180}$/, 'an id has 1 to 180 characters, without white space and "#"')

const lineSchema = z.strictObject({
  id: id.optional(),
  prompt: z.string().min(1).optional(),
  messages: z
    .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
    .min(1)
    .optional(),
  session_id: id.optional(),
  think_ms: z.number().nonnegative().default(0),
  timestamp_ms: z.number().nonnegative().optional(),
  max_tokens: z.int().positive().optional(),
  parameters: z.record(z.string(), z.json()).default({}),
  checks: z.array(checkSchema).default([]),
  tags: z.record(z.string(), z.string()).default({}),
})

type Line = z.output<typeof lineSchema>

/**
 * Reads a JSON Lines file of prompts (form in docs/scenario.md): `{prompt | messages, id?, session_id?,
 * think_ms?, timestamp_ms?, max_tokens?, parameters?, checks?, tags?}`. Lines without an id are named by
 * their line number. All problems are reported at once, with line and column. Pure.
 */
export function parsePrompts(source: {
  readonly file: string
  readonly text: string
}):
  | { readonly ok: true; readonly prompts: readonly Prompt[] }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const checkRules = createCheckRules()
  const { lines, problems } = parseJsonLines(source, {
    schema: lineSchema,
    // A parse edge: zod types its JSON Schema more narrowly than it is read here.
    jsonSchema: z.toJSONSchema(lineSchema, { io: 'input' }) as JsonSchema,
    noun: 'prompt',
    rules: line => lineFindings(line, checkRules),
  })
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, prompts: lines.map(({ line, value }) => promptOf(value, line)) }
}

function lineFindings(line: Line, checkRules: CheckRules): readonly Finding[] {
  const oneOf = (line.prompt === undefined) !== (line.messages === undefined)
  return [
    ...(oneOf ? [] : [{ path: [], rule: 'prompt-or-messages', message: 'write either prompt or messages' }]),
    ...reservedFindings(line.parameters, ['parameters']),
    ...line.checks.flatMap((check, index) => checkRules(check, ['checks', index])),
  ]
}

function promptOf(value: Line, line: number): Prompt {
  return {
    id: value.id ?? `line-${line}`,
    line,
    session: value.session_id ?? null,
    thinkMs: value.think_ms,
    messages: value.messages ?? [{ role: 'user', content: value.prompt ?? '' }],
    timestampMs: value.timestamp_ms ?? null,
    maxTokens: value.max_tokens ?? null,
    parameters: value.parameters,
    checks: value.checks,
    tags: value.tags,
  }
}
