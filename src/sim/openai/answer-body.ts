import type { AnswerHead, AnswerToWrite } from '../protocol.ts'
import { dialectOf } from './dialects.ts'
import type { AnswerBlock, AnswerUsage, FinishReason } from '../model/answer.ts'

const finishWords = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  refusal: 'stop',
} as const satisfies Readonly<Record<FinishReason, string>>

/** OpenAI's word for how an answer ends. A refusal ends with `stop`: its own field says what it is. */
export function finishWord(reason: FinishReason): string {
  return finishWords[reason]
}

/** What names an answer in its body and in all of its chunks. */
export function headBody({ id, created, model }: AnswerHead, object: string): object {
  return { id: `chatcmpl-${id}`, object, created, model, system_fingerprint: 'fp_sim' }
}

/** Usage in OpenAI's form: `prompt_tokens` contains the cached ones, `completion_tokens` the reasoning. */
export function usageBody(usage: AnswerUsage): object {
  const { inputTokens, outputTokens, cachedTokens, writtenTokens, reasoningTokens } = usage
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cachedTokens,
      cache_write_tokens: writtenTokens,
      audio_tokens: 0,
    },
    completion_tokens_details: { reasoning_tokens: reasoningTokens, audio_tokens: 0 },
  }
}

/** The id of a tool call; `index` counts the calls of one answer. */
export function callId({ id }: AnswerHead, index: number): string {
  return `call_${id}${index}`
}

/** The body of an answer that is not streamed. */
export function completionBody({ head, plan }: AnswerToWrite): string {
  const finish_reason = finishWord(plan.finishReason)
  const choice = { index: 0, message: messageOf(head, plan.blocks), logprobs: null, finish_reason }
  return JSON.stringify({
    ...headBody(head, 'chat.completion'),
    choices: [choice],
    ...(plan.statedUsage && { usage: usageBody(plan.statedUsage) }),
  })
}

function messageOf(head: AnswerHead, blocks: readonly AnswerBlock[]): object {
  const { reasoningField } = dialectOf(head.provider)
  const textOf = (kind: AnswerBlock['kind']) => blocks.find(block => block.kind === kind)?.text ?? null
  const reasoning = textOf('reasoning')
  const refusal = textOf('refusal')
  const calls = blocks.filter(block => block.kind === 'tool_call')
  const isText = calls.length === 0 && refusal === null
  return {
    role: 'assistant',
    content: textOf('text') ?? (isText ? '' : null),
    refusal,
    ...(reasoning !== null && reasoningField ? { [reasoningField]: reasoning } : {}),
    ...(calls.length > 0 ? { tool_calls: calls.map((call, at) => callBody(callId(head, at), call)) } : {}),
  }
}

function callBody(id: string, { name, text }: AnswerBlock & { readonly kind: 'tool_call' }): object {
  return { id, type: 'function', function: { name, arguments: text } }
}
