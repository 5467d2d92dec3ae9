import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { EngineRequest } from './engine.ts'
import { formatOf, type InsertHead, insertFromFile, parseInsertHead } from './statement.ts'

/** A statement as it came over HTTP. */
export interface HttpStatement {
  readonly request: EngineRequest
  readonly format: string
  readonly isInsert: boolean
  /** The rows of an INSERT, to be removed afterwards; null when there are none. */
  readonly rowsPath: string | null
}

/** A request that cannot be a statement; `status` is the HTTP status to answer with. */
export class BadRequest extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Parameters that ClickHouse's HTTP interface keeps for itself; all others are settings. */
const reserved = new Set([
  'buffer_size',
  'client_protocol_version',
  'close_session',
  'compress',
  'database',
  'decompress',
  'default_format',
  'password',
  'query',
  'query_id',
  'quota_key',
  'role',
  'session_check',
  'session_id',
  'session_timeout',
  'stacktrace',
  'user',
  'wait_end_of_query',
])

/** Most that is held in memory: statements. Rows of an INSERT with the statement in the URL go to a file. */
const maxStatementBytes = 64 * 2 ** 20

/**
 * Reads a statement from URL, headers and body as ClickHouse's HTTP interface does. Rows that follow an INSERT
 * are written to `incomingDir`, since the engine reads a file faster than a buffer, in any format.
 */
export async function readHttpStatement(
  message: IncomingMessage,
  incomingDir: string,
): Promise<HttpStatement> {
  const url = new URL(message.url ?? '/', 'http://store')
  const base = {
    database: url.searchParams.get('database') ?? headerOf(message, 'x-clickhouse-database') ?? '',
    settings: settingsOf(url.searchParams),
    readOnly: message.method !== 'POST',
    defaultFormat:
      url.searchParams.get('default_format') ?? headerOf(message, 'x-clickhouse-format') ?? 'TabSeparated',
  }
  const rowsPath = join(incomingDir, crypto.randomUUID())
  const sql = await readSql(message, url.searchParams.get('query') ?? '', rowsPath)
  return {
    request: { ...base, sql: sql.text },
    format: formatOf(sql.text) ?? base.defaultFormat,
    isInsert: /^\s*INSERT\b/i.test(sql.text),
    rowsPath: sql.hasRows ? rowsPath : null,
  }
}

interface Sql {
  readonly text: string
  readonly hasRows: boolean
}

async function readSql(message: IncomingMessage, query: string, rowsPath: string): Promise<Sql> {
  const body = decoded(message)
  const head = parseInsertHead(query)
  if (head && head.length === query.length) {
    await pipeline(body, createWriteStream(rowsPath))
    return { text: insertFromFile(head, rowsPath), hasRows: true }
  }
  const bytes = Buffer.concat([Buffer.from(query), await bufferUpTo(body, maxStatementBytes)])
  // Latin-1 keeps one character a byte, so that the head's length is where the rows begin.
  const inlineHead = parseInsertHead(bytes.toString('latin1', 0, 64 * 1024))
  if (!inlineHead) return { text: bytes.toString('utf8'), hasRows: false }
  await pipeline([bytes.subarray(inlineHead.length)], createWriteStream(rowsPath))
  return { text: insertFromFile(asUtf8(inlineHead), rowsPath), hasRows: true }
}

function asUtf8({ target, tail, length }: InsertHead): InsertHead {
  return { target: decodeUtf8(target), tail: decodeUtf8(tail), length }
}

function decodeUtf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

function decoded(message: IncomingMessage): Readable {
  const encoding = headerOf(message, 'content-encoding') ?? 'identity'
  switch (encoding) {
    case 'identity':
      return message
    case 'gzip':
      return message.pipe(createGunzip())
    case 'deflate':
      return message.pipe(createInflate())
    case 'br':
      return message.pipe(createBrotliDecompress())
    case 'zstd':
      return message.pipe(createZstdDecompress())
    default:
      throw new BadRequest(400, `Unknown content encoding ${encoding}`)
  }
}

async function bufferUpTo(body: Readable, maxBytes: number): Promise<Buffer> {
  let bytes = 0
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxBytes) body.destroy(new BadRequest(413, `A statement may have at most ${maxBytes} bytes`))
  })
  return await buffer(body)
}

function settingsOf(params: URLSearchParams): readonly (readonly [string, string])[] {
  const settings = [...params].filter(([name]) => !reserved.has(name))
  for (const [name] of settings) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new BadRequest(400, `Not a setting: ${name}`)
  }
  return settings
}

function headerOf(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name]
  return typeof value === 'string' ? value : undefined
}
