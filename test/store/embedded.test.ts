import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type EmbeddedStore,
  findEmbeddedStore,
  openStore,
  startEmbeddedStore,
} from '../../src/store/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('startEmbeddedStore', () => {
  it('refuses a folder that is in use, naming the process and its URL, and lets it be found', async () => {
    const dataDir = await temporaryFolder()
    const first = await startEmbeddedStore({ dataDir })
    const error: unknown = await startEmbeddedStore({ dataDir }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'E_STORE_LOCKED',
      message: expect.stringContaining(`process ${first.pid}, which answers at ${first.url}`),
      hint: expect.stringContaining(first.url),
    })
    expect(await findEmbeddedStore(dataDir)).toEqual({ url: first.url, pid: first.pid })
    await first.close()
    expect(await findEmbeddedStore(dataDir)).toBeNull()
    expect(await readdir(dataDir)).toEqual(['engine', 'incoming'])
  })

  it('refuses a port that is in use', async () => {
    const occupier = createServer().listen(0, '127.0.0.1')
    await once(occupier, 'listening')
    const address = occupier.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(startEmbeddedStore({ dataDir: await temporaryFolder(), port })).rejects.toMatchObject({
      code: 'E_PORT_IN_USE',
      message: expect.stringContaining(String(port)),
    })
    occupier.close()
  })

  it('refuses a folder that cannot be made', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'file'), '')
    await expect(startEmbeddedStore({ dataDir: join(dir, 'file') })).rejects.toMatchObject({
      code: 'E_FILE_UNREADABLE',
    })
  })

  it('opens again after it was killed, with what was stored, and is not found in between', async () => {
    const dataDir = await temporaryFolder()
    const killed = await startEmbeddedStore({ dataDir })
    const before = await openStore({ url: killed.url, database: 'default' })
    await before.command('CREATE TABLE kept (n UInt32) ENGINE = MergeTree ORDER BY n')
    await before.command('INSERT INTO kept SELECT number FROM numbers(1000)')
    await before.close()
    process.kill(killed.pid, 'SIGKILL')
    await killed.exited
    expect(await findEmbeddedStore(dataDir)).toBeNull()

    const again = await startEmbeddedStore({ dataDir })
    const after = await openStore({ url: again.url, database: 'default' })
    expect(await after.query('SELECT count() AS n FROM kept')).toEqual([{ n: '1000' }])
    await after.close()
    await again.close()
  })

  it('ends when the process that started it is killed', async () => {
    const dataDir = await temporaryFolder()
    const parent = fork(new URL('./fixtures/store-parent.ts', import.meta.url), [dataDir])
    const [{ pid }] = await once(parent, 'message')
    parent.kill('SIGKILL')
    const isRunning = () => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    await expect.poll(isRunning, { timeout: 5000 }).toBe(false)
    await (await startEmbeddedStore({ dataDir })).close()
  })

  it('lives on through Ctrl-C in its terminal until the parent ends it, even twice', async () => {
    const store = await startEmbeddedStore({ dataDir: await temporaryFolder() })
    process.kill(store.pid, 'SIGINT')
    const client = await openStore({ url: store.url })
    await client.ping()
    await client.close()
    await Promise.all([store.close(), store.close()])
    await store.exited
  })
})

describe("the embedded store's HTTP interface", () => {
  let store: EmbeddedStore
  let dataDir: string

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'routebench-engine-'))
    store = await startEmbeddedStore({ dataDir })
    await post('CREATE TABLE t (a UInt32, b String) ENGINE = MergeTree ORDER BY a')
  })
  afterAll(async () => {
    await store.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function post(
    body: string | Uint8Array<ArrayBuffer>,
    query = '',
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(`${store.url}/?${query}`, { method: 'POST', body, headers })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  async function rowsOf(where: string): Promise<string> {
    return (await post(`SELECT a, b FROM t WHERE ${where} ORDER BY a FORMAT TSV`)).text
  }

  it('answers /ping and the bare address', async () => {
    for (const path of ['/ping', '/']) expect(await (await fetch(store.url + path)).text()).toBe('Ok.\n')
  })

  it('answers a GET with the statement in the URL, and only lets it read', async () => {
    const get = (sql: string) => fetch(`${store.url}/?query=${encodeURIComponent(sql)}`)
    expect(await (await get('SELECT 1 AS x FORMAT JSONEachRow')).text()).toBe('{"x":1}\n')
    const refused = await get('DROP TABLE t')
    expect([refused.status, refused.headers.get('x-clickhouse-exception-code')]).toEqual([403, '164'])
  })

  it('takes the format from the statement, else from default_format, else tab separated', async () => {
    expect((await post('SELECT 1, 2')).text).toBe('1\t2\n')
    expect((await post('SELECT 1, 2', 'default_format=CSV')).text).toBe('1,2\n')
    const json = await post('SELECT 1 AS x FORMAT JSON', 'default_format=CSV')
    expect(JSON.parse(json.text)).toMatchObject({ data: [{ x: 1 }], rows: 1 })
    expect(json.headers.get('x-clickhouse-format')).toBe('JSON')
    expect(json.headers.get('content-type')).toContain('application/json')
  })

  it('reads rows that follow an INSERT in the body', async () => {
    await post('INSERT INTO t FORMAT JSONEachRow\n{"a":1,"b":"ü"}\n{"a":2,"b":"FORMAT CSV"}\n')
    await post("INSERT INTO t (a, b) VALUES (3, 'three')")
    expect(await rowsOf('a <= 3')).toBe('1\tü\n2\tFORMAT CSV\n3\tthree\n')
  })

  it('reads rows in the body for an INSERT in the URL, in text, binary and compressed forms', async () => {
    const into = (format: string) => `query=${encodeURIComponent(`INSERT INTO t (a, b) FORMAT ${format}`)}`
    await post('11,eleven\n', into('CSV'))
    await post(new Uint8Array(gzipSync('[12,"twelve"]\n')), into('JSONCompactEachRow'), {
      'content-encoding': 'gzip',
    })
    const native = await fetch(
      `${store.url}/?query=${encodeURIComponent("SELECT toUInt32(13) AS a, 'thirteen' AS b FORMAT Native")}`,
    )
    await post(new Uint8Array(await native.arrayBuffer()), into('Native'))
    expect(await rowsOf('a BETWEEN 11 AND 13')).toBe('11\televen\n12\ttwelve\n13\tthirteen\n')
  })

  it('is not found through an entry that another store left', async () => {
    const otherDir = await temporaryFolder()
    expect(await findEmbeddedStore(otherDir)).toBeNull()
    const entry: object = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
    await writeFile(join(otherDir, 'server.json'), JSON.stringify({ ...entry, storeId: 'another' }))
    expect(await findEmbeddedStore(otherDir)).toBeNull()
    expect(await findEmbeddedStore(dataDir)).toEqual({ url: store.url, pid: store.pid })
  })

  it('leaves no rows behind in its folder', async () => {
    await post('INSERT INTO t FORMAT JSONEachRow {"a":21}')
    await post('INSERT INTO t FORMAT JSONEachRow {"nope"')
    expect(await readdir(join(dataDir, 'incoming'))).toEqual([])
  })

  it('keeps the settings and the database of one request away from the next', async () => {
    const setting = "SELECT getSetting('max_threads') = 3"
    expect((await post(setting, 'max_threads=3')).text).toBe('1\n')
    expect((await post(setting)).text).toBe('0\n')
    expect((await post('SELECT currentDatabase()', 'database=system')).text).toBe('system\n')
    expect((await post('SELECT currentDatabase()')).text).toBe('default\n')
  })

  it('compresses an answer for a client that asks for it', async () => {
    const answer = await post('SELECT 1', 'enable_http_compression=1', { 'accept-encoding': 'gzip' })
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(answer.text).toBe('1\n')
  })

  it.each([
    { sql: 'SELEC 1', query: '', status: 400, code: '62' },
    { sql: 'SELECT * FROM nope', query: '', status: 404, code: '60' },
    { sql: 'SELECT 1', query: 'database=nope', status: 404, code: '81' },
    { sql: 'SELECT 1', query: 'no_such_setting=1', status: 404, code: '115' },
    { sql: 'SELECT {x:UInt8}', query: 'param_x=many', status: 400, code: '457' },
  ])('answers $sql ($query) with status $status and code $code', async ({ sql, query, status, code }) => {
    const answer = await post(sql, query)
    expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([status, code])
    expect(answer.text).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: `))
  })

  it('refuses what comes from a web page or under a foreign name', async () => {
    expect((await post('SELECT 1', '', { origin: 'https://example.com' })).status).toBe(403)
    const status = await new Promise(resolve => {
      const url = new URL(store.url)
      const options = {
        host: url.hostname,
        port: url.port,
        path: '/ping',
        headers: { host: 'rebound.example.com' },
      }
      request(options, response => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(status).toBe(403)
  })

  it('serves the unmodified client: row inserts, column lists, streams and progress', async () => {
    const client = createClient({ url: store.url })
    const values = [
      { a: 31, b: "it's" },
      { a: 32, b: 'ok' },
    ]
    const summary = await client.insert({ table: 't', values, format: 'JSONEachRow', columns: ['a', 'b'] })
    expect(summary.summary?.written_rows).toBe('2')
    await client.insert({
      table: 't',
      values: [{ a: 33 }],
      format: 'JSONEachRow',
      columns: { except: ['b'] },
    })
    const result = await client.query({
      query: 'SELECT a FROM t WHERE a > 30 ORDER BY a',
      format: 'JSONEachRow',
    })
    const seen: unknown[] = []
    for await (const rows of result.stream()) for (const row of rows) seen.push(row.json())
    expect(seen).toEqual([{ a: 31 }, { a: 32 }, { a: 33 }])
    await client.close()
  })
})
