import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createVirtualClock } from '../../src/core/index.ts'
import {
  type AttemptRecord,
  type EndpointStateRecord,
  encodeRequest,
  type RequestRecord,
  type RunRecord,
  recordTables,
} from '../../src/record/index.ts'
import {
  type EmbeddedStore,
  listSegments,
  migrate,
  openJournal,
  openStore,
  type Store,
  segmentPath,
  storeTables,
  startEmbeddedStore,
  uploadJournal,
  watchJournal,
} from '../../src/store/index.ts'
import {
  attemptRows,
  hostileRows,
  hostileSpans,
  requestRows,
  runRows,
  sample,
  spanRows,
  stateRows,
} from './sample-rows.ts'
import { temporaryFolder } from './temporary-folder.ts'

let engine: EmbeddedStore
let store: Store
let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'routebench-engine-'))
  engine = await startEmbeddedStore({ dataDir })
  store = await openStore({ url: engine.url })
  await migrate(store)
})
beforeEach(async () => {
  for (const table of storeTables) await store.command(`TRUNCATE TABLE ${table}`)
})
afterAll(async () => {
  await store.close()
  await engine.close()
  await rm(dataDir, { recursive: true, force: true })
})

/** A journal of sealed segments: 3 of requests, one of each other table. The seed makes rows of their own. */
async function writeJournal(dir: string, seed: number): Promise<void> {
  const journal = await openJournal({ dir, writer: 'client', maxSegmentRows: 20 })
  for (const row of sample(requestRows, 50, seed)) journal.request({ ...row, run_id: `run ${seed}` })
  for (const row of sample(attemptRows, 7, seed)) journal.attempt({ ...row, run_id: `run ${seed}` })
  for (const row of sample(runRows, 2, seed)) journal.run({ ...row, run_id: `run ${seed}`, version: 1 })
  for (const row of sample(stateRows, 4, seed)) journal.state({ ...row, run_id: `run ${seed}` })
  for (const row of sample(spanRows, 3, seed)) journal.span(row)
  await journal.close()
}

async function countOf(table: string): Promise<number> {
  const [row] = await store.query<{ n: string }>(`SELECT count() AS n FROM ${table}`)
  return Number(row?.n)
}

async function statesOf(dir: string): Promise<readonly string[]> {
  return [...new Set((await listSegments(dir)).map(({ state }) => state))]
}

/** A store where nothing listens. */
async function unreachableStore(): Promise<Store> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  const port = typeof address === 'object' ? address?.port : 0
  return await openStore({ url: `http://user:secret@127.0.0.1:${port}`, retryDelaysMs: [1, 1] })
}

describe('uploadJournal', () => {
  it('stores every row of every sealed segment, and keeps the files as uploaded', async () => {
    const dir = await temporaryFolder()
    await writeJournal(dir, 11)
    const before = await readFile(join(dir, 'client-requests-000001.ndjson'))
    const seen: number[] = []
    const uploaded = await uploadJournal({ dir, store, onSegment: rows => seen.push(rows) })
    expect(uploaded).toEqual({ segments: 7, rows: 66 })
    expect(seen.reduce((sum, rows) => sum + rows)).toBe(66)
    // Two rows of one version of a run are one.
    expect(await Promise.all(storeTables.map(countOf))).toEqual([50, 7, 1, 4, 3])
    expect(await statesOf(dir)).toEqual(['uploaded'])
    expect(await readFile(join(dir, 'client-requests-000001.uploaded.ndjson'))).toEqual(before)
    expect(await uploadJournal({ dir, store })).toEqual({ segments: 0, rows: 0 })
  })

  it('stores every row whatever its values are', async () => {
    const dir = await temporaryFolder()
    const journal = await openJournal({ dir, writer: 'client' })
    for (const row of sample(hostileRows<RequestRecord>(recordTables.requests), 300)) {
      // An expired row of live traffic would leave the table again.
      journal.request({ ...row, phase: 'measure' })
    }
    for (const row of sample(hostileRows<AttemptRecord>(recordTables.attempts), 300)) {
      journal.attempt({ ...row, phase: 'measure' })
    }
    for (const row of sample(hostileRows<RunRecord>(recordTables.runs), 50)) journal.run(row)
    for (const row of sample(hostileRows<EndpointStateRecord>(recordTables.endpoint_states), 50)) {
      journal.state({ ...row, run_id: 'kept' })
    }
    for (const row of sample(hostileSpans, 100)) journal.span(row)
    await journal.close()
    expect(await uploadJournal({ dir, store })).toEqual({ segments: 5, rows: 800 })
    const tables = ['requests', 'attempts', 'endpoint_states', 'otel_traces']
    expect(await Promise.all(tables.map(countOf))).toEqual([300, 300, 50, 100])
  })

  it('stores a segment once when the process died after the insert and before the mark', async () => {
    const dir = await temporaryFolder()
    await writeJournal(dir, 12)
    await uploadJournal({ dir, store })
    for (const segment of await listSegments(dir)) {
      await rename(segmentPath(segment), segmentPath({ ...segment, state: 'sealed' }))
    }
    await uploadJournal({ dir, store })
    expect(await countOf('requests')).toBe(50)
    expect(await countOf('attempts')).toBe(7)
    expect(await statesOf(dir)).toEqual(['uploaded'])
  })

  it('remembers a segment through a hundred thousand other inserts into its table', async () => {
    const tables = await store.query<{ ddl: string }>(
      "SELECT create_table_query AS ddl FROM system.tables WHERE database = 'routebench' AND name IN {names:Array(String)}",
      { names: storeTables },
    )
    expect(tables).toHaveLength(storeTables.length)
    for (const { ddl } of tables) expect(ddl).toContain('non_replicated_deduplication_window = 100000')
  })

  it('stores rows once when two uploaders work on one folder at the same time', async () => {
    const dir = await temporaryFolder()
    await writeJournal(dir, 13)
    await Promise.all([uploadJournal({ dir, store }), uploadJournal({ dir, store })])
    expect(await countOf('requests')).toBe(50)
    expect(await statesOf(dir)).toEqual(['uploaded'])
  })

  it('rejects for a segment that another uploader has marked meanwhile', async () => {
    const path = join(await temporaryFolder(), 'w-requests-000001.ndjson')
    await expect(store.insertSegment({ table: 'requests', path, token: 'gone' })).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })

  it('stores the same content of two tables in both: the token belongs to a table', async () => {
    const dir = await temporaryFolder()
    // Live rows with an old or no time expire at once.
    const row = '{"ts":"2099-01-01 00:00:00.000000"}\n'
    await writeFile(join(dir, 'w-requests-000001.ndjson'), row)
    await writeFile(join(dir, 'w-attempts-000001.ndjson'), row)
    await uploadJournal({ dir, store })
    expect([await countOf('requests'), await countOf('attempts')]).toEqual([1, 1])
  })

  it('says that a store does not answer, without its password, and loses nothing', async () => {
    const dir = await temporaryFolder()
    await writeJournal(dir, 14)
    const absent = await unreachableStore()
    const error: unknown = await uploadJournal({ dir, store: absent }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'E_STORE_UNREACHABLE', exitCode: 75 })
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('secret')
    expect(await statesOf(dir)).toEqual(['sealed'])
    await absent.close()
    await uploadJournal({ dir, store })
    expect(await countOf('requests')).toBe(50)
  })

  it('uploads the other segments when the store refuses one, then names it', async () => {
    const dir = await temporaryFolder()
    await writeJournal(dir, 15)
    const bad = join(dir, 'client-requests-000000.ndjson')
    await writeFile(bad, '{"no_such_column":1}\n')
    await expect(uploadJournal({ dir, store })).rejects.toMatchObject({
      code: 'E_STORE_SCHEMA',
      problems: [expect.stringContaining(bad)],
    })
    expect(await countOf('requests')).toBe(50)
    expect((await stat(bad)).size).toBeGreaterThan(0)
  })

  it('stores the other rows of a segment with refused rows, puts those aside and names them', async () => {
    const dir = await temporaryFolder()
    const lines = sample(requestRows, 50, 20).map(row => encodeRequest({ ...row, run_id: 'split' }))
    const unreadable = '{"run_id":"\\ud800"}'
    const outOfRange = '{"ts":"2099-01-01 00:00:00.0","cost_usd":"10000000"}'
    const all = lines.toSpliced(40, 0, outOfRange).toSpliced(7, 0, unreadable)
    const sealed = join(dir, 'client-requests-000001.ndjson')
    await writeFile(sealed, `${all.join('\n')}\n`)
    const aside = join(dir, 'client-requests-000001.refused.ndjson')
    const refusal = {
      code: 'E_STORE_SCHEMA',
      problems: [expect.stringContaining(`${aside}: 2 row(s) put aside`)],
    }
    await expect(uploadJournal({ dir, store })).rejects.toMatchObject(refusal)
    expect(await countOf('requests')).toBe(50)
    expect(await readFile(aside, 'utf8')).toBe(`${unreadable}\n${outOfRange}\n`)
    expect(await uploadJournal({ dir, store })).toEqual({ segments: 0, rows: 0 })

    // A process that died before the mark does it all again.
    await rename(join(dir, 'client-requests-000001.uploaded.ndjson'), sealed)
    await expect(uploadJournal({ dir, store })).rejects.toMatchObject(refusal)
    expect(await countOf('requests')).toBe(50)
  })

  it('stops at an aborted signal with nothing lost', async () => {
    const dir = await temporaryFolder()
    await writeJournal(dir, 16)
    const stop = new AbortController()
    const upload = uploadJournal({
      dir,
      store,
      signal: stop.signal,
      onSegment: () => stop.abort(new Error('enough')),
    })
    await expect(upload).rejects.toThrow('enough')
    await uploadJournal({ dir, store })
    expect(await countOf('requests')).toBe(50)
  })

  it('stores a segment once when the store is killed while it is being sent', async () => {
    const dir = await temporaryFolder()
    const victimDir = await temporaryFolder()
    const lines = sample(requestRows, 500, 17).map(row => encodeRequest({ ...row, run_id: 'killed' }))
    const many = Array.from({ length: 20 }, () => lines).flat()
    await writeFile(join(dir, 'w-requests-000001.ndjson'), `${many.join('\n')}\n`)
    let victim = await startEmbeddedStore({ dataDir: victimDir })
    let client = await openStore({ url: victim.url, retryDelaysMs: [] })
    await migrate(client)
    const upload = uploadJournal({ dir, store: client })
    const outcome = upload.then(
      () => 'uploaded',
      () => 'failed',
    )
    await new Promise(resolve => setTimeout(resolve, 40))
    process.kill(victim.pid, 'SIGKILL')
    await outcome
    await client.close()

    victim = await startEmbeddedStore({ dataDir: victimDir })
    client = await openStore({ url: victim.url })
    await uploadJournal({ dir, store: client })
    expect(await client.query('SELECT count() AS n FROM requests')).toEqual([{ n: '10000' }])
    await client.close()
    await victim.close()
  })
})

describe('watchJournal', () => {
  it('uploads what is sealed, round after round, until it is stopped', async () => {
    const dir = await temporaryFolder()
    const clock = createVirtualClock()
    const watch = watchJournal({ dir, store, clock, intervalMs: 1000 })
    onTestFinished(() => watch.stop())
    await writeJournal(dir, 18)
    await expect
      .poll(async () => {
        await clock.advanceMs(1000)
        return watch.status()
      })
      .toMatchObject({ rows: 66, failures: 0, lastError: '' })
    expect(await countOf('requests')).toBe(50)
    await watch.stop()
  })

  it('waits longer after each failure, says why, and goes on when the store is back', async () => {
    const dir = await temporaryFolder()
    await writeJournal(dir, 19)
    const clock = createVirtualClock()
    const absent = await unreachableStore()
    const errors: unknown[] = []
    const watch = watchJournal({
      dir,
      store: absent,
      clock,
      intervalMs: 1000,
      onError: one => errors.push(one),
    })
    await expect.poll(() => watch.status().failures).toBe(1)
    await clock.advanceMs(1999)
    expect(watch.status().failures).toBe(1)
    await clock.advanceMs(1)
    await expect.poll(() => watch.status().failures).toBe(2)
    expect(watch.status().lastError).toContain('does not answer')
    expect(errors).toHaveLength(2)
    await watch.stop()
    await absent.close()
  })
})
