import type { AnswerBreak } from './model/answer.ts'
import type { Exchange } from './exchange.ts'
import type { Tally } from './tally.ts'

/** The texts of a protocol that a break needs. */
export interface BrokenTexts {
  /** A whole record with text, to be damaged. */
  readonly record: () => string
  /** An error where a record belongs. */
  readonly error: () => string
  /** What ends a healthy answer. */
  readonly closing: () => string
}

/**
 * Ends a stream whose good chunks have been written, as its break says. Knows no protocol.
 * Rejects, when nothing more comes, as soon as the caller leaves.
 */
export async function breakStream(
  exchange: Exchange,
  how: AnswerBreak['how'],
  { texts, tally }: { readonly texts: BrokenTexts; readonly tally: Tally },
): Promise<void> {
  tally.cut()
  switch (how) {
    case 'reset':
      return exchange.cut()
    case 'end':
      return exchange.finish()
    case 'hang':
      return exchange.until(Infinity)
    case 'malformed':
      return exchange.end(damaged(texts.record()) + texts.closing(), null)
    case 'error':
      return exchange.end(texts.error(), null)
  }
}

/** A whole body whose announced length is that of what is sent, where that can be. */
export interface BrokenBody {
  readonly text: string
  /** Announced in `content-length`. */
  readonly announcedBytes: number
  /** What happens after the text was sent. */
  readonly andThen: 'complete' | 'close' | 'hang'
}

/** What is sent of a body that is not streamed when its answer breaks; `errorBody` is the protocol's own. Pure. */
export function brokenBody(body: string, { afterChunks, how }: AnswerBreak, errorBody: string): BrokenBody {
  const half = afterChunks === 0 ? '' : body.slice(0, Math.floor(body.length / 2))
  const announcedBytes = Buffer.byteLength(body)
  switch (how) {
    // However the cut was drawn: a body shorter than its announced length can only end with its connection.
    case 'reset':
    case 'end':
      return { text: half, announcedBytes, andThen: 'close' }
    case 'hang':
      return { text: half, announcedBytes, andThen: 'hang' }
    case 'malformed':
      return { text: half, announcedBytes: Buffer.byteLength(half), andThen: 'complete' }
    case 'error':
      return { text: errorBody, announcedBytes: Buffer.byteLength(errorBody), andThen: 'complete' }
  }
}

/** A record whose JSON lacks its end. */
function damaged(record: string): string {
  return `${record.trimEnd().slice(0, -3)}\n\n`
}
