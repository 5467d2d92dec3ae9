import type { FinishReason } from '../model/answer-content.ts'
import type { AnswerUsage } from '../model/answer-plan.ts'

/** What names an answer in all of its chunks. */
export interface AnswerHead {
  /** `chatcmpl-…`. */
  readonly id: string
  /** Unix seconds. */
  readonly created: number
  readonly model: string
}

const finishWords = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  refusal: 'stop',
} as const satisfies Readonly<Record<FinishReason, string>>

/** OpenAI's word for how an answer ends. A refusal ends with `stop`: its text says what it is. */
export function finishWord(reason: FinishReason): string {
  return finishWords[reason]
}

/** Usage in OpenAI's form: `prompt_tokens` contains the cached ones. */
function usageBody(usage: AnswerUsage): object {
  const { inputTokens, outputTokens, cachedTokens, writtenTokens } = usage
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cachedTokens,
      cache_write_tokens: writtenTokens,
      audio_tokens: 0,
    },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  }
}

/** The body of an answer that is not streamed. */
export function completionBody(
  head: AnswerHead,
  answer: { readonly text: string; readonly finishReason: string; readonly usage: AnswerUsage },
): string {
  const message = { role: 'assistant', content: answer.text, refusal: null }
  return JSON.stringify({
    ...head,
    object: 'chat.completion',
    system_fingerprint: 'fp_sim',
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finishReason }],
    usage: usageBody(answer.usage),
  })
}

/** Writes the records of one streamed answer, each with its closing blank line. */
export interface ChunkWriter {
  /** The first chunk: role, no text. */
  role(): string
  content(text: string): string
  finish(reason: string): string
  /** The usage chunk; empty when the caller did not ask for it. */
  usage(usage: AnswerUsage): string
  done(): string
}

/** Makes a writer. Everything but the text of a chunk is written once, as an answer has hundreds of them. */
export function createChunkWriter(
  head: AnswerHead,
  options: { readonly includeUsage: boolean },
): ChunkWriter {
  const common = JSON.stringify({ ...head, object: 'chat.completion.chunk', system_fingerprint: 'fp_sim' })
  const start = `data: ${common.slice(0, -1)},"choices":`
  const end = options.includeUsage ? ',"usage":null}\n\n' : '}\n\n'
  const chunk = (delta: string, finish: string) =>
    `${start}[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${end}`
  return Object.freeze({
    role: () => chunk('{"role":"assistant","content":"","refusal":null}', 'null'),
    content: (text: string) => chunk(`{"content":${JSON.stringify(text)}}`, 'null'),
    finish: (reason: string) => chunk('{}', JSON.stringify(reason)),
    usage: (usage: AnswerUsage) =>
      options.includeUsage ? `${start}[],"usage":${JSON.stringify(usageBody(usage))}}\n\n` : '',
    done: () => 'data: [DONE]\n\n',
  })
}
