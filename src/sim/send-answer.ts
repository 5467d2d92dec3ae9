import type { Exchange } from './exchange.ts'
import { tokensOf } from './model/answer-text.ts'
import type { AnswerChunk, AnswerPlan } from './model/answer-plan.ts'
import {
  type AnswerHead,
  type ChunkWriter,
  completionBody,
  createChunkWriter,
  finishWord,
} from './openai/answer-body.ts'
import type { Tally } from './tally.ts'

/** An answer that was decided, and what the protocol adds to it. */
export interface PlannedAnswer {
  readonly plan: AnswerPlan & { kind: 'answer' }
  readonly head: AnswerHead
  readonly headers: Readonly<Record<string, string>>
  readonly includeUsage: boolean
  readonly tally: Tally
}

/** Plays a plan as a stream of chat completion chunks. Pieces that are due together leave in one write. */
export async function sendStream(exchange: Exchange, answer: PlannedAnswer): Promise<void> {
  const { plan, tally } = answer
  const writer = createChunkWriter(answer.head, { includeUsage: answer.includeUsage })
  const chunks = plan.cut ? plan.chunks.slice(0, plan.cut.afterChunks) : plan.chunks
  const firstAtMs = chunks[0]?.atMs ?? plan.endAtMs
  await exchange.until(plan.headersAtMs)
  begin(exchange, answer, 'text/event-stream; charset=utf-8')
  if (plan.headersAtMs < firstAtMs) exchange.flushHead()
  await exchange.until(firstAtMs)
  // The role chunk leaves with the first piece, and the finish with the last.
  let held = writer.role()
  let at = 0
  try {
    while (at < chunks.length) {
      const atMs = chunks[at]?.atMs ?? 0
      await exchange.until(atMs)
      const due = dueFrom(exchange, chunks, at)
      held += due.map(({ text }) => writer.content(text)).join('')
      at += due.length
      if (at === chunks.length && !plan.cut) break
      await exchange.write(held, atMs)
      held = ''
    }
  } finally {
    tally.output(tokensOfChunks(chunks.slice(0, at)))
  }
  if (plan.cut) cut(exchange, plan.cut.how, tally)
  else exchange.end(held + closing(writer, plan), plan.endAtMs)
}

/** Plays a plan as one JSON body that leaves when its last piece would. */
export async function sendWhole(exchange: Exchange, answer: PlannedAnswer): Promise<void> {
  const { plan, head, tally } = answer
  const text = plan.chunks.map(chunk => chunk.text).join('')
  const body = completionBody(head, { text, finishReason: finishWord(plan.finishReason), usage: plan.usage })
  const headers = { ...answer.headers, 'content-length': String(Buffer.byteLength(body)) }
  const isHeadFirst = plan.headersAtMs === 0
  await exchange.until(isHeadFirst ? 0 : plan.endAtMs)
  begin(exchange, { ...answer, headers }, 'application/json')
  if (isHeadFirst) exchange.flushHead()
  await exchange.until(plan.endAtMs)
  tally.output(plan.usage.outputTokens)
  if (!plan.cut) {
    exchange.end(body, plan.endAtMs)
    return
  }
  // However the cut was drawn: a body shorter than its announced length can only end with its connection.
  await exchange.write(body.slice(0, Math.floor(body.length / 2)), plan.endAtMs)
  cut(exchange, 'reset', tally)
}

function begin(exchange: Exchange, { plan, headers, tally }: PlannedAnswer, contentType: string): void {
  exchange.head(200, { ...headers, 'content-type': contentType, 'cache-control': 'no-cache' })
  tally.status(200)
  tally.input(plan.usage)
}

/** Chunks from `at` on that are due by now; at least the first. */
function dueFrom(exchange: Exchange, chunks: readonly AnswerChunk[], at: number): readonly AnswerChunk[] {
  let end = at + 1
  for (let next = chunks[end]; next && exchange.isDue(next.atMs); next = chunks[end]) end += 1
  return chunks.slice(at, end)
}

function tokensOfChunks(chunks: readonly AnswerChunk[]): number {
  return tokensOf(chunks.map(({ text }) => text).join(''))
}

function closing(writer: ChunkWriter, plan: AnswerPlan & { kind: 'answer' }): string {
  return writer.finish(finishWord(plan.finishReason)) + writer.usage(plan.usage) + writer.done()
}

function cut(exchange: Exchange, how: 'reset' | 'end', tally: Tally): void {
  tally.cut()
  if (how === 'reset') exchange.cut()
  else exchange.finish()
}
