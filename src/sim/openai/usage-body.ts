import type { AnswerUsage } from '../model/answer.ts'
import type { AnsweringPlan } from '../protocol.ts'
import type { Dialect } from './dialects.ts'

/** When an answer begins and ends. */
type Times = Pick<AnsweringPlan, 'headersAtMs' | 'endAtMs'>

/**
 * The usage of an answer as JSON: `prompt_tokens` contains the cached ones, `completion_tokens` the reasoning unless
 * the dialect keeps it apart; their sum with it is the total. Pure.
 */
export function usageBody(usage: AnswerUsage, plan: Times, dialect: Dialect): string {
  const { inputTokens, outputTokens, cachedTokens, writtenTokens, longWrittenTokens, reasoningTokens } = usage
  const completion = outputTokens - (dialect.isReasoningApart ? reasoningTokens : 0)
  const hits = dialect.hasCacheHits
    ? `,"prompt_cache_hit_tokens":${cachedTokens},"prompt_cache_miss_tokens":${inputTokens - cachedTokens}`
    : ''
  const times = dialect.times === 'groq' ? `,${timesOf(plan)}` : ''
  // As Anthropic has it, where some of what was written is kept for an hour, which has a price of its own.
  const kept =
    longWrittenTokens > 0
      ? `,"cache_creation":{"ephemeral_5m_input_tokens":${writtenTokens - longWrittenTokens},"ephemeral_1h_input_tokens":${longWrittenTokens}}`
      : ''
  // Written by hand, as it stands in every answer.
  return (
    `{"prompt_tokens":${inputTokens},"completion_tokens":${completion},` +
    `"total_tokens":${inputTokens + outputTokens},"prompt_tokens_details":{"cached_tokens":${cachedTokens},` +
    `"cache_write_tokens":${writtenTokens},"audio_tokens":0},"completion_tokens_details":` +
    `{"reasoning_tokens":${reasoningTokens},"audio_tokens":0}${kept}${hits}${times}}`
  )
}

/** Fields that stand beside usage, each after a comma: server-side times, and Groq's own object. Pure. */
export function besideUsage(
  head: { readonly id: string; readonly created: number },
  plan: AnsweringPlan,
  dialect: Dialect,
): string {
  if (dialect.times === 'cerebras') return `,"time_info":{${timesOf(plan)},"created":${head.created}}`
  if (dialect.times !== 'groq') return ''
  return `,"x_groq":{"id":"req_${head.id}"${plan.statedUsage ? `,"usage":${groqUsage(plan.statedUsage, plan)}` : ''}}`
}

/** Groq's own copy of the counts, without their details. */
function groqUsage({ inputTokens, outputTokens, reasoningTokens }: AnswerUsage, plan: Times): string {
  const details =
    reasoningTokens > 0 ? `,"completion_tokens_details":{"reasoning_tokens":${reasoningTokens}}` : ''
  return (
    `{"prompt_tokens":${inputTokens},"completion_tokens":${outputTokens},` +
    `"total_tokens":${inputTokens + outputTokens},${timesOf(plan)}${details}}`
  )
}

/** Seconds of simulated time; the wait for a slot is part of the prompt's, as one draw holds both. */
function timesOf({ headersAtMs, endAtMs }: Times): string {
  const [prompt, total] = [headersAtMs / 1000, endAtMs / 1000]
  return `"queue_time":0,"prompt_time":${prompt},"completion_time":${total - prompt},"total_time":${total}`
}
