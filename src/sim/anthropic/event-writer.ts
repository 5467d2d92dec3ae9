import type { AnswerToWrite, AnswerWriter } from '../protocol.ts'
import {
  finalUsageBody,
  isShown,
  messageHead,
  signatureOf,
  stopOf,
  toolUseId,
  usageBody,
} from './answer-body.ts'
import { failureBody } from './error-body.ts'
import type { AnswerBlock, AnswerChunk } from '../model/answer.ts'

/**
 * Makes a writer of message events: message_start with the usage so far, a ping, each content block with its
 * deltas, message_delta with the whole usage, message_stop.
 */
export function createEventWriter(answer: AnswerToWrite): AnswerWriter {
  const { head, plan } = answer
  /** Position of the block under way in the plan; -1: none yet. */
  let current = -1
  /** Its position in the content that is shown. */
  let index = -1

  function begin(position: number, block: AnswerBlock): string {
    const before = end()
    current = position
    index += 1
    const start = event('content_block_start', { index, content_block: startOf(block) })
    return before + start + (index === 0 ? event('ping', {}) : '')
  }
  function startOf(block: AnswerBlock): object {
    switch (block.kind) {
      case 'reasoning':
        return { type: 'thinking', thinking: '', signature: '' }
      case 'tool_call':
        return { type: 'tool_use', id: toolUseId(head, index), name: block.name, input: {} }
      default:
        return { type: 'text', text: '' }
    }
  }
  function end(): string {
    if (index < 0) return ''
    const isThinking = plan.blocks[current]?.kind === 'reasoning'
    const signature = isThinking ? delta({ type: 'signature_delta', signature: signatureOf(head) }) : ''
    return signature + event('content_block_stop', { index })
  }
  function delta(body: object): string {
    return event('content_block_delta', { index, delta: body })
  }
  function piece(chunk: AnswerChunk): string {
    const block = plan.blocks[chunk.block]
    if (!block || !isShown(block)) return ''
    const start = chunk.block === current ? '' : begin(chunk.block, block)
    const isCall = start !== '' && block.kind === 'tool_call'
    // The real API begins the arguments of every call with an empty piece.
    const empty = isCall ? delta({ type: 'input_json_delta', partial_json: '' }) : ''
    return start + empty + delta(deltaOf(block, chunk.text))
  }
  return Object.freeze({
    open: () => event('message_start', { message: startMessage(answer) }),
    piece,
    close: () => {
      const { statedUsage } = plan
      const usage = statedUsage && { usage: finalUsageBody(statedUsage) }
      return end() + event('message_delta', { delta: stopOf(answer), ...usage }) + event('message_stop', {})
    },
    failure: () => `event: error\ndata: ${JSON.stringify(failureBody)}\n\n`,
  })
}

/** The message as it is before its first token: the prompt is counted, the answer is not. */
function startMessage({ head, plan }: AnswerToWrite): object {
  const { statedUsage } = plan
  const start = { ...messageHead(head), content: [], stop_reason: null, stop_sequence: null }
  if (!statedUsage) return start
  return {
    ...start,
    usage: usageBody({ ...statedUsage, outputTokens: Math.min(1, statedUsage.outputTokens) }),
  }
}

function deltaOf({ kind }: AnswerBlock, text: string): object {
  switch (kind) {
    case 'reasoning':
      return { type: 'thinking_delta', thinking: text }
    case 'tool_call':
      return { type: 'input_json_delta', partial_json: text }
    default:
      return { type: 'text_delta', text }
  }
}

function event(type: string, body: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`
}
