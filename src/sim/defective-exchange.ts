import type { AnswerDefects } from './model/answer.ts'
import { setImmediate } from 'node:timers/promises'
import type { Exchange } from './exchange.ts'

/** Bytes of one torn piece: prime and odd, so that pieces end inside JSON and inside characters. */
const pieceBytes = 7

/**
 * An exchange that adds to whatever is sent over it what a plan's defects ask of the transport: comment lines
 * in an event stream, torn writes. Knows no protocol, so every protocol has these faults alike.
 */
export function withDefects(
  exchange: Exchange,
  { comments, isTorn }: Pick<AnswerDefects, 'comments' | 'isTorn'>,
): Exchange {
  const commented = comments ? withComments(exchange, comments) : exchange
  return isTorn ? torn(commented) : commented
}

function withComments(
  exchange: Exchange,
  { fromMs, everyMs }: NonNullable<AnswerDefects['comments']>,
): Exchange {
  let nextMs = fromMs + everyMs
  let isStream = false
  return Object.freeze({
    ...exchange,
    head: (status: number, headers: Readonly<Record<string, string>>) => {
      isStream = headers['content-type']?.startsWith('text/event-stream') ?? false
      exchange.head(status, headers)
    },
    until: async (atMs: number) => {
      const lastMs = isStream ? atMs : -Infinity
      for (; nextMs < lastMs; nextMs += everyMs) {
        await exchange.until(nextMs)
        await exchange.write(': keep-alive\n\n', nextMs)
        // Comments may be due faster than they can be written; other callers are served all the same.
        await setImmediate()
      }
      await exchange.until(atMs)
    },
  })
}

function torn(exchange: Exchange): Exchange {
  const write = async (text: string | Uint8Array, atMs: number | null) => {
    for (const piece of piecesOf(text)) {
      await exchange.write(piece, atMs)
      // Lets the piece leave as a segment of its own.
      await setImmediate()
    }
  }
  const end = async (text: string, atMs: number | null) => {
    await write(text, atMs)
    // Whoever left meanwhile is not served to the end.
    if (exchange.hasLeft()) throw new Error('The caller closed the connection.')
    await exchange.end('', null)
  }
  return Object.freeze({ ...exchange, write, end })
}

function piecesOf(text: string | Uint8Array): readonly Uint8Array[] {
  const bytes = Buffer.from(text)
  const count = Math.ceil(bytes.length / pieceBytes)
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes))
}
