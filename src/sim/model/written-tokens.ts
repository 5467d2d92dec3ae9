import type { AnswerChunk } from './answer.ts'

/** Output tokens of the chunks written so far; of all chunks, what the whole answer counts. Pure. */
export function writtenTokens(chunks: readonly AnswerChunk[]): number {
  return chunks.reduce((sum, { tokens }) => sum + tokens, 0)
}
