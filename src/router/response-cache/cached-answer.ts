import { z } from 'zod'
import type { JsonObject } from '../../core/index.ts'
import type { AnswerIdentity } from '../identity.ts'
import { noServerTools } from '../usage-body.ts'

const object = z.record(z.string(), z.unknown())

const schema = z.strictObject({
  version: z.literal(1),
  /** Generation id of the answer that was stored. */
  sourceId: z.string(),
  storedEpochMs: z.number(),
  ttlSeconds: z.number(),
  served: z.strictObject({ model: z.string(), provider: z.string(), endpoint: z.string() }),
  answer: z.union([
    z.strictObject({ kind: z.literal('body'), body: object }),
    z.strictObject({ kind: z.literal('chunks'), chunks: z.array(object) }),
  ]),
})

/** An answer that may be given again. A stream is kept as its chunks, without usage and metadata. */
export type CachedAnswer = Readonly<z.infer<typeof schema>>

/** Reads a stored answer; null when it is none of this version. Pure. */
export function parseCachedAnswer(text: string): CachedAnswer | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    // A file that was cut short is as good as none.
    return null
  }
}

/** What a hit costs: nothing. */
const noUsage: JsonObject = Object.freeze({
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
  prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
  cost: 0,
  is_byok: false,
  cost_details: { upstream_inference_prompt_cost: 0, upstream_inference_completions_cost: 0 },
  server_tool_use_details: noServerTools,
})

/** The stored bodies under the identity of a new request: the body, or the chunks of a stream with usage at the end. Pure. */
export function answerAgain({ answer }: CachedAnswer, identity: AnswerIdentity): readonly JsonObject[] {
  if (answer.kind === 'body') return [{ ...answer.body, ...identity, usage: noUsage }]
  const chunks = answer.chunks.map(chunk => ({ ...chunk, ...identity }))
  return [...chunks, { ...chunks.at(-1), choices: [], usage: noUsage }]
}
