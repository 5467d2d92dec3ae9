import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { messageOf } from '../../core/index.ts'
import type { EngineAnswer } from './engine.ts'
import { BadRequest, type HttpStatement } from './http-request.ts'

const gzipped = promisify(gzip)

/** What an answer says besides its rows. */
export interface AnswerFacts {
  readonly message: IncomingMessage
  readonly statement: HttpStatement
}

/** Sends a result as ClickHouse's HTTP interface does. */
export async function sendResult(
  response: ServerResponse,
  answer: EngineAnswer,
  { message, statement }: AnswerFacts,
): Promise<void> {
  response.setHeader('content-type', contentTypeOf(statement.format))
  response.setHeader('x-clickhouse-format', statement.format)
  response.setHeader('x-clickhouse-summary', summaryOf(answer, statement.isInsert))
  if (!wantsGzip(message)) {
    response.end(answer.bytes)
    return
  }
  response.setHeader('content-encoding', 'gzip')
  response.end(await gzipped(answer.bytes, { level: 1 }))
}

/** Sends an error with the code that clients look for, and the HTTP status ClickHouse gives it. */
export function sendError(response: ServerResponse, error: unknown): void {
  const text = messageOf(error)
  const code = /Code: (\d+)/.exec(text)?.[1]
  response.statusCode = error instanceof BadRequest ? error.status : statusOf(code)
  response.setHeader('content-type', 'text/plain; charset=UTF-8')
  if (code) response.setHeader('x-clickhouse-exception-code', code)
  response.end(`${text.trim()}\n`)
}

const notFoundCodes = new Set(['46', '47', '60', '81', '115'])
const badRequestCodes = new Set(['6', '26', '27', '36', '41', '53', '62', '117', '456', '457'])

function statusOf(code: string | undefined): number {
  if (code === undefined) return 500
  if (notFoundCodes.has(code)) return 404
  if (badRequestCodes.has(code)) return 400
  return code === '164' ? 403 : 500
}

function contentTypeOf(format: string): string {
  if (/^JSON(EachRow|CompactEachRow|StringsEachRow)/.test(format))
    return 'application/x-ndjson; charset=UTF-8'
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8'
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8'
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8'
  return /^(Native|RowBinary|Parquet|Arrow)/.test(format)
    ? 'application/octet-stream'
    : 'text/plain; charset=UTF-8'
}

function summaryOf(answer: EngineAnswer, isInsert: boolean): string {
  const { rowsRead, bytesRead, elapsedSeconds } = answer
  return JSON.stringify({
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: isInsert ? String(rowsRead) : '0',
    written_bytes: isInsert ? String(bytesRead) : '0',
    total_rows_to_read: '0',
    elapsed_ns: String(Math.round(elapsedSeconds * 1e9)),
  })
}

/** As ClickHouse: only when the client both accepts it and asks for it. */
function wantsGzip({ headers, url = '' }: IncomingMessage): boolean {
  return /\bgzip\b/.test(headers['accept-encoding'] ?? '') && /[?&]enable_http_compression=1\b/.test(url)
}
