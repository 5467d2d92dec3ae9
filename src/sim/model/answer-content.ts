import type { Rng } from '../../core/index.ts'
import type { AnswerBlock, FinishReason } from './answer.ts'
import { accurateText } from './accuracy.ts'
import { type AnswerWish, textFor } from './answer-text.ts'
import { fillerText } from './filler-text.ts'
import type { CheckerOf } from './fits-schema.ts'
import { capText, type Tokenizer } from './tokenizer.ts'
import { toolCalls } from './tool-answer.ts'

/** The whole of an answer, before it is cut into chunks. */
export interface AnswerContent {
  readonly blocks: readonly AnswerBlock[]
  readonly finishReason: FinishReason
  /** The stop sequence that ended it; null: none did. */
  readonly stopSequence: string | null
}

/** What decides the content of an answer. Lengths are tokens. */
export interface ContentOrder {
  readonly wish: AnswerWish
  /** Texts that end the answer before they would appear. */
  readonly stop: readonly string[]
  /** Length of the reasoning before the answer; 0: none. */
  readonly reasoningTokens: number
  /** Length of an answer that nothing else fixes. */
  readonly fillerTokens: number
  /** Most tokens of the whole answer, reasoning included. */
  readonly cap: number
  /** Share of checkable answers that are right, 0–1. */
  readonly accuracyRatio: number
  /** Whether decoding is held to a schema where the caller asks for it. */
  readonly isConstrained: boolean
  readonly rng: Rng
  readonly tokenizer: Tokenizer
  readonly checkerOf: CheckerOf
  /** Whether filler is only counted, not written: its blocks have tokens and no text. */
  readonly isUnwritten: boolean
}

/**
 * Decides what an answer says. Pure: each part draws from its own fork of `rng`.
 *
 * Order: reasoning, then text, refusal or tool calls. A cap ends the answer wherever it falls, also inside the
 * arguments of a tool call, and the finish reason says so.
 */
export function contentFor(order: ContentOrder): AnswerContent {
  const { wish, rng, cap, fillerTokens, tokenizer, checkerOf } = order
  const reasoning = reasoningBlocks(order)
  const means = { rng, tokenizer, checkerOf }
  if (wish.kind === 'tools')
    return capped([...reasoning, ...toolCalls(wish.tools, means)], 'tool_calls', order)
  if (wish.kind === 'refusal')
    return capped([...reasoning, blockOf('refusal', refusalText, tokenizer)], 'refusal', order)
  const wanted = Math.min(fillerTokens, cap)
  const isShort = wish.kind === 'filler' && fillerTokens > wanted
  if (wish.kind === 'filler' && order.isUnwritten)
    return ended(capped([...reasoning, { kind: 'text', text: '', tokens: wanted }], 'stop', order), isShort)
  const right = textFor(wish, wanted, { ...means, rng: rng.fork('text') })
  if (right === null)
    return capped([...reasoning, blockOf('refusal', noFitText, tokenizer)], 'refusal', order)
  const full = accurateText(wish, right, order)
  const { text, stopSequence } = stoppedText(full, order.stop)
  const finishReason = stopSequence === null ? 'stop' : 'stop_sequence'
  const content = capped([...reasoning, blockOf('text', text, tokenizer)], finishReason, order)
  if (isShort && stopSequence === null) return ended(content, true)
  return { ...content, stopSequence: content.finishReason === 'length' ? null : stopSequence }
}

function ended(content: AnswerContent, isShort: boolean): AnswerContent {
  return isShort ? { ...content, finishReason: 'length' } : content
}

function blockOf(kind: 'text' | 'refusal', text: string, tokenizer: Tokenizer): AnswerBlock {
  return { kind, text, tokens: tokenizer.count(text) }
}

const noFitText = "I'm sorry, but I can't give an answer that fits this schema."
const refusalText = "I'm sorry, but I can't help with that request."

function reasoningBlocks({ reasoningTokens, cap, rng, isUnwritten }: ContentOrder): readonly AnswerBlock[] {
  const tokens = Math.min(reasoningTokens, cap)
  if (tokens < 1) return []
  return [{ kind: 'reasoning', text: isUnwritten ? '' : fillerText(tokens, rng.fork('reasoning')), tokens }]
}

/** The text before the first stop sequence in it. */
function stoppedText(
  text: string,
  stop: readonly string[],
): { readonly text: string; readonly stopSequence: string | null } {
  const found = stop
    .map(sequence => ({ sequence, at: sequence === '' ? -1 : text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)[0]
  return found
    ? { text: text.slice(0, found.at), stopSequence: found.sequence }
    : { text, stopSequence: null }
}

/** The blocks that fit in the cap, the last of them cut; empty blocks are kept only where they fit. */
function capped(
  blocks: readonly AnswerBlock[],
  finishReason: FinishReason,
  { cap, tokenizer, isUnwritten }: ContentOrder,
): AnswerContent {
  const kept: AnswerBlock[] = []
  let room = cap
  for (const block of blocks) {
    if (block.tokens > room) {
      const nameTokens = block.kind === 'tool_call' ? tokenizer.count(block.name) : 0
      const text = capText(block.text, room - nameTokens, tokenizer)
      if (isUnwritten && block.text === '' && room > 0) kept.push({ ...block, tokens: room })
      else if (text !== '') kept.push({ ...block, text, tokens: nameTokens + tokenizer.count(text) })
      return { blocks: kept, finishReason: 'length', stopSequence: null }
    }
    kept.push(block)
    room -= block.tokens
  }
  return { blocks: kept, finishReason, stopSequence: null }
}
