import { z } from 'zod'
import { isObject, type JsonObject } from '../core/index.ts'

/** Checked before any item is, so that a long array costs nothing. No context holds more messages than this. */
const longestArrays = { messages: 10_000, tools: 1_000, stop: 1_000 } as const
/** A message names no more problems than this. */
const mostProblems = 10

const tokens = z.int().min(1).nullish()
const number = z.number().nullish()
const flag = z.boolean().nullish()
const object = z.looseObject({}).nullish()
const text = z.string().nullish()

const message = z.looseObject({
  role: z.string(),
  content: z
    .unknown()
    .refine(isContent, { error: 'expected text or a list of parts, each with a type' })
    .optional(),
})

/** OpenRouter's bounds on `metadata`: at most 16 pairs, names of 64 characters, values of 512. */
const metadata = z
  .record(z.string().max(64, { error: 'a name is longer than 64 characters' }), z.string().max(512))
  .refine(pairs => Object.keys(pairs).length <= 16, { error: 'more than 16 pairs' })
  .nullish()

const schema = z.looseObject({
  model: z.string().min(1).nullish(),
  models: z.array(z.string().min(1)).nullish(),
  route: z.enum(['fallback', 'sort']).nullish(),
  messages: z.array(message).min(1),
  stream: flag,
  session_id: z.string().max(256).nullish(),
  prompt_cache_key: text,
  user: z.string().max(128).nullish(),
  metadata,
  trace: object,
  debug: object,
  service_tier: z.enum(['auto', 'default', 'flex', 'priority', 'fast', 'scale']).nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  // OpenAI's bound; each answer is billed.
  n: z.int().min(1).max(128).nullish(),
  tools: z.array(z.looseObject({})).nullish(),
  tool_choice: z.union([z.string(), z.looseObject({})], { error: 'expected a word or an object' }).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  stop: z.union([z.string(), z.array(z.string())], { error: 'expected text or a list of texts' }).nullish(),
  reasoning: object,
  reasoning_effort: text,
  stream_options: object,
  logit_bias: object,
  temperature: number,
  top_p: number,
  top_k: number,
  min_p: number,
  top_a: number,
  frequency_penalty: number,
  presence_penalty: number,
  repetition_penalty: number,
  seed: number,
  top_logprobs: number,
  logprobs: flag,
  parallel_tool_calls: flag,
})

/** A body whose fields have the right types, as far as the router knows them. */
export type ChatBody = z.infer<typeof schema>

/** The result of checking a body. */
export type ChatBodyResult =
  | { readonly ok: true; readonly fields: ChatBody }
  /** Names the fields and what they should be. */
  | { readonly ok: false; readonly problem: string }

/**
 * Checks the fields of a chat request: bounds and types of those that the router knows. Unknown fields pass, null means
 * absent. Pure; the first ten problems are told.
 */
export function checkChatBody(body: JsonObject, maxModels: number): ChatBodyResult {
  const tooLong = lengthProblem(body, { ...longestArrays, models: maxModels })
  if (tooLong !== null) return { ok: false, problem: tooLong }
  const parsed = schema.safeParse(body)
  return parsed.success ? { ok: true, fields: parsed.data } : { ok: false, problem: problemsOf(parsed.error) }
}

function lengthProblem(body: JsonObject, bounds: Readonly<Record<string, number>>): string | null {
  for (const [name, longest] of Object.entries(bounds)) {
    const value = body[name]
    if (Array.isArray(value) && value.length > longest) return `${name}: more than ${longest} items`
  }
  return null
}

function isContent(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'string') return true
  return Array.isArray(value) && value.every(part => isObject(part) && typeof part['type'] === 'string')
}

function problemsOf(error: z.ZodError): string {
  const told = error.issues.slice(0, mostProblems)
  const more = error.issues.length - told.length
  const texts = told.map(({ path, message: what }) => `${pathText(path)}: ${what}`)
  return [...texts, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** A name of the caller's is told as far as it tells something. */
function pathText(path: readonly PropertyKey[]): string {
  return path.map(part => String(part).slice(0, 80)).join('.') || 'body'
}
