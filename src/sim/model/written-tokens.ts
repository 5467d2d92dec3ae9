import type { AnswerBlock, AnswerChunk } from './answer.ts'
import { tokensOfBlock } from './answer-content.ts'

/**
 * Output tokens of the chunks written so far: exactly what the whole answer counts when all are written, and a
 * count of whole tokens of what left otherwise. Pure.
 */
export function writtenTokens(blocks: readonly AnswerBlock[], chunks: readonly AnswerChunk[]): number {
  const texts = new Map<number, string>()
  for (const { block, text } of chunks) texts.set(block, (texts.get(block) ?? '') + text)
  return [...texts].reduce((sum, [at, text]) => {
    const block = blocks[at]
    return block ? sum + tokensOfBlock({ ...block, text }) : sum
  }, 0)
}
