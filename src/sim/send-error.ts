import type { Exchange } from './exchange.ts'
import type { ErrorAnswer } from './protocol.ts'

/** How an error is sent. */
export interface ErrorSending {
  /** When it was planned, for the record of write lags; null: for no instant. */
  readonly atMs: number | null
  readonly headers: Readonly<Record<string, string>>
  /** Sends the page of a proxy instead of the provider's own body; default false. */
  readonly isPage?: boolean
}

/** Sends an error as one JSON body. */
export function sendError(exchange: Exchange, answer: ErrorAnswer, sending: ErrorSending): void {
  const { atMs, headers, isPage = false } = sending
  const body = isPage ? pageOf(answer.status) : JSON.stringify(answer.body)
  exchange.head(answer.status, {
    ...headers,
    'content-type': isPage ? 'text/html; charset=utf-8' : 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  })
  // Only answers are torn; this end is at once.
  void exchange.end(body, atMs)
}

function pageOf(status: number): string {
  return `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>\n`
}
