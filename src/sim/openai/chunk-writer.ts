import type { AnswerToWrite, AnswerWriter } from '../protocol.ts'
import { callId, finishWord, headBody, usageBody } from './answer-body.ts'
import { type Dialect, dialectOf } from './dialects.ts'
import { failureBody } from './error-body.ts'
import type { AnswerChunk } from '../model/answer.ts'

/** Makes a writer. Everything but the text of a chunk is written once, as an answer has hundreds of them. */
export function createChunkWriter({ head, plan, shape }: AnswerToWrite): AnswerWriter {
  const dialect = dialectOf(head.provider)
  const start = `data: ${JSON.stringify(headBody(head, 'chat.completion.chunk')).slice(0, -1)},"choices":`
  const end = shape.includeUsage && !dialect.isUsageOnFinish ? ',"usage":null}\n\n' : '}\n\n'
  const record = (delta: string, finish: string, tail: string) =>
    `${start}[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${tail}`
  const delta = (text: string) => record(text, 'null', end)
  const { statedUsage } = plan
  const usage = statedUsage && `"usage":${JSON.stringify(usageBody(statedUsage))}}\n\n`
  const calls = createCallDeltas({ head, plan, shape }, dialect)

  function piece(chunk: AnswerChunk): string {
    const text = JSON.stringify(chunk.text)
    switch (plan.blocks[chunk.block]?.kind) {
      case 'reasoning':
        return dialect.reasoningField === null ? '' : delta(`{"${dialect.reasoningField}":${text}}`)
      case 'tool_call':
        return calls.of(chunk).map(delta).join('')
      case 'refusal':
        return delta(`{"refusal":${text}}`)
      default:
        return delta(`{"content":${text}}`)
    }
  }
  function close(): string {
    const reason = JSON.stringify(finishWord(plan.finishReason))
    const finish = record('{}', reason, usage && dialect.isUsageOnFinish ? `,${usage}` : end)
    const own = usage && shape.includeUsage && !dialect.isUsageOnFinish ? `${start}[],${usage}` : ''
    return `${finish}${own}data: [DONE]\n\n`
  }
  return Object.freeze({
    open: () => delta('{"role":"assistant","content":"","refusal":null}'),
    piece,
    close,
    failure: () => `data: ${JSON.stringify(failureBody)}\n\n`,
  })
}

/** The deltas of tool calls: id and name first, then the arguments in pieces; or all at once. */
function createCallDeltas({ head, plan }: AnswerToWrite, { isToolCallWhole }: Dialect) {
  let begun = -1
  let index = -1

  function of({ block, text }: AnswerChunk): readonly string[] {
    const call = plan.blocks[block]
    if (call?.kind !== 'tool_call') return []
    const isFirst = block !== begun
    if (isFirst) index += 1
    begun = block
    const first = (args: string) => ({
      index,
      id: callId(head, index),
      type: 'function',
      function: { name: call.name, arguments: args },
    })
    if (isToolCallWhole) return isFirst ? [callDelta(first(call.text))] : []
    const rest = callDelta({ index, function: { arguments: text } })
    return isFirst ? [callDelta(first('')), rest] : [rest]
  }
  return { of }
}

function callDelta(call: object): string {
  return `{"tool_calls":[${JSON.stringify(call)}]}`
}
