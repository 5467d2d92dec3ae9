import type { AnswerChunk, AnswerUsage } from '../model/answer.ts'
import type { AnswerToWrite, AnswerWriter } from '../protocol.ts'
import { finishOf, partOf, responseBody } from './answer-body.ts'
import { failureBody } from './error-body.ts'

/**
 * Makes a writer of a response stream. Each record tells the usage so far; a function call comes whole, when its
 * last piece is due; the last record has an empty text and the finish reason.
 */
export function createResponseWriter(
  answer: AnswerToWrite,
  form: 'events' | 'array' = 'events',
): AnswerWriter {
  const { plan } = answer
  const frame = form === 'events' ? asEvent : createArrayFrame()
  const usageSoFar = createUsageSoFar(answer)
  const record = (parts: readonly object[], usage: AnswerUsage | null, finishReason: string | null) =>
    frame(JSON.stringify(responseBody(answer, { parts, finishReason, usage })))
  const end = form === 'events' ? '' : ']'
  let at = 0

  function piece(chunk: AnswerChunk): string {
    at += 1
    const usage = usageSoFar(chunk)
    const block = plan.blocks[chunk.block]
    if (!block) return ''
    if (block.kind === 'tool_call' && plan.chunks[at]?.block === chunk.block) return ''
    const part = partOf(answer, block.kind === 'tool_call' ? block : { ...block, text: chunk.text })
    return part === null ? '' : record([part], usage, null)
  }
  return Object.freeze({
    open: () => '',
    piece,
    close: () => record([{ text: '' }], plan.statedUsage, finishOf(answer)) + end,
    failure: () => frame(JSON.stringify(failureBody)) + end,
  })
}

function asEvent(json: string): string {
  return `data: ${json}\n\n`
}

/** Records of one array: the first opens it, the others follow a comma. */
function createArrayFrame(): (json: string) => string {
  let isOpen = false
  return json => {
    const before = isOpen ? ',\r\n' : '['
    isOpen = true
    return before + json
  }
}

/** Adds pieces up; null when the answer states no usage. */
function createUsageSoFar({ plan }: AnswerToWrite): (chunk: AnswerChunk) => AnswerUsage | null {
  const { statedUsage } = plan
  let outputTokens = 0
  let reasoningTokens = 0

  return ({ block, tokens }) => {
    outputTokens += tokens
    if (plan.blocks[block]?.kind === 'reasoning') reasoningTokens += tokens
    return statedUsage && { ...statedUsage, outputTokens, reasoningTokens }
  }
}
