import type { AnswerToWrite } from '../protocol.ts'
import type { AnswerBlock, AnswerUsage, FinishReason } from '../model/answer.ts'

const finishReasons = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  refusal: 'SAFETY',
} as const satisfies Readonly<Record<FinishReason, string>>

/** Gemini's word for how an answer ends; also an answer that calls functions ends with `STOP`. */
export function finishOf({ plan }: AnswerToWrite): string {
  return finishReasons[plan.finishReason]
}

/** Usage in Gemini's form: `candidatesTokenCount` leaves out the thoughts, `promptTokenCount` contains the cached. */
function usageBody(usage: AnswerUsage): object {
  const { inputTokens, cachedTokens, outputTokens, reasoningTokens } = usage
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
    ...(cachedTokens > 0 ? { cachedContentTokenCount: cachedTokens } : {}),
    ...(reasoningTokens > 0 ? { thoughtsTokenCount: reasoningTokens } : {}),
  }
}

/** A part of an answer as it is shown; null: it is not. A call that a limit cut off is not. */
export function partOf({ shape, head }: AnswerToWrite, block: AnswerBlock): object | null {
  switch (block.kind) {
    case 'reasoning':
      return shape.includeReasoning ? { text: block.text, thought: true } : null
    case 'refusal':
      return null
    case 'tool_call': {
      const args = argsOf(block.text)
      const thoughtSignature = Buffer.from(`sim:${head.id}`).toString('base64')
      return args === null ? null : { functionCall: { name: block.name, args }, thoughtSignature }
    }
    case 'text':
      return { text: block.text }
  }
}

/** One response: parts, and the end when it is the last. */
export function responseBody(
  { head }: AnswerToWrite,
  response: {
    readonly parts: readonly object[]
    readonly finishReason: string | null
    readonly usage: AnswerUsage | null
  },
): object {
  const { parts, finishReason, usage } = response
  const end = finishReason === null ? {} : { finishReason }
  return {
    candidates: [{ content: { parts, role: 'model' }, ...end, index: 0 }],
    ...(usage && { usageMetadata: usageBody(usage) }),
    modelVersion: head.model,
    responseId: head.id,
  }
}

/** The body of an answer that is not streamed. */
export function generateBody(answer: AnswerToWrite): string {
  const { plan } = answer
  const parts = plan.blocks.map(block => partOf(answer, block)).filter(part => part !== null)
  return JSON.stringify(
    responseBody(answer, { parts, finishReason: finishOf(answer), usage: plan.statedUsage }),
  )
}

function argsOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut by `maxOutputTokens`: a call whose arguments are not whole is not given.
    return null
  }
}
