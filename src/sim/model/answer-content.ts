import type { Rng } from '../../core/index.ts'
import type { AnswerBlock, FinishReason } from './answer.ts'
import { accurateText } from './accuracy.ts'
import { type AnswerWish, capText, textFor, tokensOf } from './answer-text.ts'
import { fillerText } from './filler-text.ts'
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
  readonly rng: Rng
}

/**
 * Decides what an answer says. Pure: each part draws from its own fork of `rng`.
 *
 * Order: reasoning, then text, refusal or tool calls. A cap ends the answer wherever it falls, also inside the
 * arguments of a tool call, and the finish reason says so.
 */
export function contentFor(order: ContentOrder): AnswerContent {
  const { wish, rng, cap, fillerTokens, reasoningTokens } = order
  const reasoning = reasoningBlocks(Math.min(reasoningTokens, cap), rng)
  if (wish.kind === 'tools') return capped([...reasoning, ...toolCalls(wish.tools, rng)], cap, 'tool_calls')
  if (wish.kind === 'refusal')
    return capped([...reasoning, { kind: 'refusal', text: refusalText }], cap, 'refusal')
  const wanted = Math.min(fillerTokens, cap)
  const full = accurateText(wish, textFor(wish, wanted, rng.fork('text')), order)
  const { text, stopSequence } = stoppedText(full, order.stop)
  const finishReason = stopSequence === null ? 'stop' : 'stop_sequence'
  const isShort = wish.kind === 'filler' && stopSequence === null && fillerTokens > wanted
  const content = capped([...reasoning, { kind: 'text', text }], cap, finishReason)
  return isShort
    ? { ...content, finishReason: 'length' }
    : { ...content, stopSequence: content.finishReason === 'length' ? null : stopSequence }
}

/** Tokens of one block under the simulated tokenizer; a tool call's name counts. */
export function tokensOfBlock(block: AnswerBlock): number {
  return block.kind === 'tool_call' ? tokensOf(block.name) + tokensOf(block.text) : tokensOf(block.text)
}

const refusalText = "I'm sorry, but I can't help with that request."

function reasoningBlocks(tokens: number, rng: Rng): readonly AnswerBlock[] {
  return tokens < 1 ? [] : [{ kind: 'reasoning', text: fillerText(tokens, rng.fork('reasoning')) }]
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

/** The blocks that fit in `cap` tokens, the last of them cut; empty blocks are kept only where they fit. */
function capped(blocks: readonly AnswerBlock[], cap: number, finishReason: FinishReason): AnswerContent {
  const kept: AnswerBlock[] = []
  let room = cap
  for (const block of blocks) {
    const tokens = tokensOfBlock(block)
    if (tokens > room) {
      const text = capText(block.text, room - (tokens - tokensOf(block.text)))
      if (text !== '') kept.push({ ...block, text })
      return { blocks: kept, finishReason: 'length', stopSequence: null }
    }
    kept.push(block)
    room -= tokens
  }
  return { blocks: kept, finishReason, stopSequence: null }
}
