import type { AnswerHead, AnswerToWrite } from '../protocol.ts'
import type { AnswerBlock, AnswerUsage, FinishReason } from '../model/answer.ts'

const stopReasons = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  refusal: 'refusal',
} as const satisfies Readonly<Record<FinishReason, string>>

/** Why an answer ends, in the words of the messages API. */
export function stopOf({ plan }: AnswerToWrite): object {
  return { stop_reason: stopReasons[plan.finishReason], stop_sequence: plan.stopSequence }
}

/** Usage in Anthropic's form: `input_tokens` leaves out what was read from or written to a cache. */
export function usageBody(usage: AnswerUsage): object {
  const { writtenTokens, longWrittenTokens } = usage
  return {
    ...finalUsageBody(usage),
    cache_creation: {
      ephemeral_5m_input_tokens: writtenTokens - longWrittenTokens,
      ephemeral_1h_input_tokens: longWrittenTokens,
    },
    service_tier: 'standard',
  }
}

/** Usage at the end of a stream, which has no split by time to live. */
export function finalUsageBody(usage: AnswerUsage): object {
  const { inputTokens, cachedTokens, writtenTokens, outputTokens } = usage
  return {
    input_tokens: inputTokens - cachedTokens - writtenTokens,
    cache_creation_input_tokens: writtenTokens,
    cache_read_input_tokens: cachedTokens,
    output_tokens: outputTokens,
  }
}

/** A message without its content, its end and its usage. */
export function messageHead({ id, model }: AnswerHead): object {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model }
}

/** The id of a tool call; `index` is its place in the content. */
export function toolUseId({ id }: AnswerHead, index: number): string {
  return `toolu_${id}${index}`
}

/** What vouches for a thinking block; clients send it back unread. */
export function signatureOf({ id }: AnswerHead): string {
  return Buffer.from(`sim:${id}`).toString('base64')
}

/** The blocks that are shown: a refusal has no content. */
export function isShown({ kind }: AnswerBlock): boolean {
  return kind !== 'refusal'
}

/** The body of an answer that is not streamed. */
export function messageBody(answer: AnswerToWrite): string {
  const { head, plan } = answer
  return JSON.stringify({
    ...messageHead(head),
    content: plan.blocks.filter(isShown).map((block, at) => contentBlock(head, block, at)),
    ...stopOf(answer),
    ...(plan.statedUsage && { usage: usageBody(plan.statedUsage) }),
  })
}

function contentBlock(head: AnswerHead, block: AnswerBlock, at: number): object {
  switch (block.kind) {
    case 'reasoning':
      return { type: 'thinking', thinking: block.text, signature: signatureOf(head) }
    case 'tool_call':
      return { type: 'tool_use', id: toolUseId(head, at), name: block.name, input: inputOf(block.text) }
    default:
      return { type: 'text', text: block.text }
  }
}

/** The arguments; a call that a token limit cut off has none. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut by `max_tokens`: the real API gives what it could parse, at worst nothing.
    return {}
  }
}
