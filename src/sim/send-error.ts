import type { Exchange } from './exchange.ts'
import type { ErrorAnswer } from './openai/error-body.ts'

/** Sends an error as one JSON body. `atMs` is when it was planned, for the record of write lags. */
export function sendError(
  exchange: Exchange,
  answer: ErrorAnswer,
  { atMs, headers }: { readonly atMs: number | null; readonly headers: Readonly<Record<string, string>> },
): void {
  const body = JSON.stringify({ error: answer.error })
  exchange.head(answer.status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  })
  exchange.end(body, atMs)
}
