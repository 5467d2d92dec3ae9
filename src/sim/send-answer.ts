import type { AnswerBreak, AnswerChunk } from './model/answer.ts'
import { breakStream, brokenBody } from './break-answer.ts'
import { withDefects } from './defective-exchange.ts'
import type { Exchange } from './exchange.ts'
import { writtenTokens } from './model/written-tokens.ts'
import type { AnswerToWrite, AnswerWriter, Protocol } from './protocol.ts'
import type { Tally } from './tally.ts'

/** An answer that was decided, and what the protocol adds to it. */
export interface PlannedAnswer {
  readonly protocol: Protocol
  readonly toWrite: AnswerToWrite
  readonly headers: Readonly<Record<string, string>>
  readonly tally: Tally
}

/** Plays a plan as a stream of the protocol's records. Pieces that are due together leave in one write. */
export async function sendStream(plain: Exchange, answer: PlannedAnswer): Promise<void> {
  const { tally, protocol, toWrite } = answer
  const { plan } = toWrite
  const exchange = withDefects(plain, plan)
  const writer = protocol.createWriter(toWrite)
  const chunks = plan.cut ? plan.chunks.slice(0, plan.cut.afterChunks) : plan.chunks
  // What opens the answer leaves with the first piece, and what closes it with the last.
  let held = await openStream(exchange, answer, writer)
  let at = 0
  try {
    while (at < chunks.length) {
      const atMs = chunks[at]?.atMs ?? 0
      await exchange.until(atMs)
      const due = dueFrom(exchange, chunks, at)
      held += due.map(chunk => writer.piece(chunk)).join('')
      at += due.length
      if (at === chunks.length && !plan.cut) break
      if (held !== '') await exchange.write(held, atMs)
      held = ''
    }
  } finally {
    tally.output(writtenTokens(chunks.slice(0, at)))
  }
  if (plan.cut) await breakOff(exchange, plan.cut, { answer, writer })
  else await exchange.end(held + writer.close(), plan.endAtMs)
}

/** Sends the head and waits for the first piece; returns what leaves with it. */
async function openStream(exchange: Exchange, answer: PlannedAnswer, writer: AnswerWriter): Promise<string> {
  const { plan } = answer.toWrite
  await exchange.until(plan.headersAtMs)
  begin(exchange, answer, answer.protocol.streamType)
  if (plan.cut?.afterChunks === 0) {
    exchange.flushHead()
    return ''
  }
  const firstAtMs = plan.chunks[0]?.atMs ?? plan.endAtMs
  const opening = writer.open()
  // Also where nothing leaves with it: Gemini opens with its first piece, which may be a thought that is not shown.
  if (plan.headersAtMs < firstAtMs || opening === '') exchange.flushHead()
  await exchange.until(firstAtMs)
  return opening
}

/** Plays a plan as one JSON body that leaves when its last piece would. */
export async function sendWhole(plain: Exchange, answer: PlannedAnswer): Promise<void> {
  const { protocol, toWrite, tally } = answer
  const { plan } = toWrite
  const exchange = withDefects(plain, plan)
  const body = protocol.wholeBody(toWrite)
  const broken = plan.cut ? brokenBody(body, plan.cut, JSON.stringify(protocol.failureBody)) : null
  const bytes = broken?.announcedBytes ?? Buffer.byteLength(body)
  const isHeadFirst = plan.headersAtMs === 0 || plan.cut?.afterChunks === 0
  await exchange.until(isHeadFirst ? plan.headersAtMs : plan.endAtMs)
  begin(
    exchange,
    { ...answer, headers: { ...answer.headers, 'content-length': String(bytes) } },
    'application/json',
  )
  if (isHeadFirst) exchange.flushHead()
  await exchange.until(plan.endAtMs)
  tally.output(plan.usage.outputTokens)
  if (!broken) {
    await exchange.end(body, plan.endAtMs)
    return
  }
  tally.cut()
  if (broken.andThen === 'complete') {
    await exchange.end(broken.text, plan.endAtMs)
    return
  }
  if (broken.text !== '') await exchange.write(broken.text, plan.endAtMs)
  if (broken.andThen === 'hang') await exchange.until(Infinity)
  else exchange.cut()
}

function begin(exchange: Exchange, { toWrite, headers, tally }: PlannedAnswer, contentType: string): void {
  exchange.head(200, { ...headers, 'content-type': contentType, 'cache-control': 'no-cache' })
  tally.status(200)
  tally.input(toWrite.plan.usage)
}

/** Chunks from `at` on that are due by now; at least the first. */
function dueFrom(exchange: Exchange, chunks: readonly AnswerChunk[], at: number): readonly AnswerChunk[] {
  let end = at + 1
  for (let next = chunks[end]; next && exchange.isDue(next.atMs); next = chunks[end]) end += 1
  return chunks.slice(at, end)
}

function breakOff(
  exchange: Exchange,
  { how, afterChunks }: AnswerBreak,
  { answer, writer }: { readonly answer: PlannedAnswer; readonly writer: AnswerWriter },
): Promise<void> {
  const { chunks } = answer.toWrite.plan
  const next = chunks[afterChunks] ?? chunks.at(-1)
  const texts = {
    // A piece that is not shown is no record to damage; what ends the answer always is.
    record: () => (next && writer.piece(next)) || writer.close(),
    error: () => writer.failure(),
    closing: () => writer.close(),
  }
  return breakStream(exchange, how, { texts, tally: answer.tally })
}
