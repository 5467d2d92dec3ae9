import { open } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client'
import { asInsertError, asStoreError, isConnectionError, notClickHouse, unreachable } from './store-errors.ts'
import { parseStoreUrl, type StoreAddress } from './store-url.ts'
import type { StoreTable } from './tables.ts'

/** Values for `{name:Type}` placeholders of a statement. */
type StoreParams = Readonly<Record<string, unknown>>

/** One insert: a file of JSON rows. The same token means the same rows, and they are kept once. */
interface SegmentInsert {
  readonly table: StoreTable
  readonly path: string
  readonly token: string
  /** Bytes of the file to send, `end` excluded. Default all. */
  readonly range?: { readonly start: number; readonly end: number }
  readonly signal?: AbortSignal
}

/**
 * A ClickHouse, a server or the embedded engine: the client code and the statements are the same for both.
 * Every call throws UserError E_STORE_UNREACHABLE when nothing answers or the login is refused; a statement
 * that the store rejects throws the client's `ClickHouseError`, which has ClickHouse's `code`.
 */
export interface Store {
  /** Without credentials. */
  readonly url: string
  readonly database: string
  /**
   * Resolves when a ClickHouse answers a SELECT within 5 s.
   *
   * @throws UserError E_STORE_UNREACHABLE also when something else answers, or accepts and stays silent.
   */
  ping(): Promise<void>
  /**
   * Rows of a SELECT. Decimals and 64-bit integers come as strings, exact; times as `YYYY-MM-DD hh:mm:ss.…`.
   * `Row` is what the statement is known to give; nothing checks it.
   */
  query<Row>(sql: string, params?: StoreParams): Promise<readonly Row[]>
  command(sql: string, params?: StoreParams): Promise<void>
  /** Makes the database when it is missing. */
  createDatabase(): Promise<void>
  /**
   * Sends a segment as one insert, byte for byte. Unknown fields are refused. ClickHouse reads a null
   * in a plain integer column as 0 and wraps integers that are too large, whatever its settings say (seen in
   * 26.7): the encoders of `record` must not produce them.
   *
   * @throws UserError E_STORE_SCHEMA when the store's tables do not fit the rows.
   */
  insertSegment(segment: SegmentInsert): Promise<void>
  close(): Promise<void>
}

export interface StoreOptions {
  /** `http://user:password@host:8123/database`; see `parseStoreUrl`. */
  readonly url: string
  /** Over the URL's. */
  readonly username?: string
  /** Over the URL's. */
  readonly password?: string
  /** Over the URL's. Default `routebench`. */
  readonly database?: string
  /** Waits before trying again after a connection error. Default 100, 400, 1600. */
  readonly retryDelaysMs?: readonly number[]
  /** Longest silence of the store. Default 300 000. */
  readonly requestTimeoutMs?: number
}

/** Every request says what it needs: servers of other versions have other defaults. */
const readSettings: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  // Errors while reading become an error answer instead of a cut body.
  wait_end_of_query: 1,
}

const insertSettings: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 1,
  input_format_skip_unknown_fields: 0,
  input_format_null_as_default: 0,
}

const pingDeadlineMs = 5000

/** Opens a store. Nothing is sent until the first call. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const address = addressOf(options)
  const { url, database } = address
  const { retryDelaysMs = [100, 400, 1600] } = options
  const client = clientOf(address, options)

  async function attempt<Result>(work: () => Promise<Result>, toError = asStoreError): Promise<Result> {
    for (const delayMs of [...retryDelaysMs, null]) {
      try {
        return await work()
      } catch (error) {
        if (delayMs === null || !isConnectionError(error)) throw toError(error, url)
        await delay(delayMs)
      }
    }
    throw new Error('the last attempt neither returned nor threw')
  }

  return Object.freeze({
    url,
    database,
    ping: () => ping(attempt, address, options),
    query: <Row>(sql: string, params: StoreParams = {}) => attempt(() => select<Row>(client, sql, params)),
    command: (sql: string, params: StoreParams = {}) => attempt(() => command(client, sql, params)),
    createDatabase: () => attempt(() => createDatabase(address, options)),
    insertSegment: (segment: SegmentInsert) => attempt(() => insert(client, segment), asInsertError),
    close: () => client.close(),
  })
}

function addressOf(options: StoreOptions): StoreAddress {
  const address = parseStoreUrl(options.url)
  return {
    url: address.url,
    username: options.username ?? address.username,
    password: options.password ?? address.password,
    database: options.database ?? address.database,
  }
}

function clientOf(address: StoreAddress, { requestTimeoutMs = 300_000 }: StoreOptions): ClickHouseClient {
  return createClient({
    ...address,
    application: 'routebench',
    request_timeout: requestTimeoutMs,
    // Errors are thrown; the client's own log would print statements.
    log: { level: ClickHouseLogLevel.OFF },
  })
}

type Attempt = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Asks through the server's own database: ours may not exist yet. */
async function ping(attempt: Attempt, address: StoreAddress, options: StoreOptions): Promise<void> {
  const client = clientOf({ ...address, database: 'default' }, options)
  const deadline = AbortSignal.timeout(pingDeadlineMs)
  try {
    const answer = await attempt(async () => {
      const result = await client.query({ query: 'SELECT 1', format: 'JSONEachRow', abort_signal: deadline })
      return await result.text()
    })
    if (answer.trim() !== '{"1":1}') throw notClickHouse(address.url, answer)
  } catch (error) {
    if (deadline.aborted) throw unreachable(address.url, `nothing within ${pingDeadlineMs / 1000} s`)
    throw error
  } finally {
    await client.close()
  }
}

async function select<Row>(
  client: ClickHouseClient,
  sql: string,
  params: StoreParams,
): Promise<readonly Row[]> {
  const result = await client.query({
    query: sql,
    query_params: { ...params },
    format: 'JSONEachRow',
    clickhouse_settings: readSettings,
  })
  return await result.json<Row>()
}

async function command(client: ClickHouseClient, sql: string, params: StoreParams): Promise<void> {
  await client.command({
    query: sql,
    query_params: { ...params },
    clickhouse_settings: { wait_end_of_query: 1 },
  })
}

/** Asks through the server's own database, since asking through a missing one is an error. */
async function createDatabase(address: StoreAddress, options: StoreOptions): Promise<void> {
  const client = clientOf({ ...address, database: 'default' }, options)
  try {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS \`${address.database}\`` })
  } finally {
    await client.close()
  }
}

async function insert(client: ClickHouseClient, segment: SegmentInsert): Promise<void> {
  const { table, path, token, range, signal } = segment
  // Opened first: of a file that another uploader has marked, a stream would tell in an event nobody listens to yet.
  const file = await open(path)
  const rows = file.createReadStream({
    highWaterMark: 2 ** 20,
    ...(range && { start: range.start, end: range.end - 1 }),
  })
  try {
    const result = await client.exec({
      query: `INSERT INTO ${table} FORMAT JSONEachRow`,
      values: rows,
      clickhouse_settings: { ...insertSettings, insert_deduplication_token: token },
      ...(signal && { abort_signal: signal }),
    })
    await finished(result.stream.resume())
  } finally {
    rows.destroy()
  }
}
