import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClickHouseError } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  encodeAttempt,
  encodeEndpointState,
  encodeRequest,
  encodeRun,
  recordTables,
} from '../../src/record/index.ts'
import { migrate, migrationStatus, openStore, type Store } from '../../src/store/index.ts'
import { migrations } from '../../src/store/schema/migrations.ts'
import { attemptRows, requestRows, runRows, sample, spanRows, stateRows } from '../store/sample-rows.ts'

/** What the contract needs: a ClickHouse to talk to. */
export interface StoreUnderTest {
  /** URL with credentials, database left out. */
  readonly url: string
  close(): Promise<void>
}

type Table = 'requests' | 'attempts' | 'runs' | 'endpoint_states' | 'otel_traces'

/** What every ClickHouse that routebench runs on must do, through the one client. */
export function describeStoreContract(name: string, start: () => Promise<StoreUnderTest>): void {
  describe(`store contract: ${name}`, () => {
    let server: StoreUnderTest
    let store: Store
    let dir: string
    let files = 0

    beforeAll(async () => {
      server = await start()
      dir = await mkdtemp(join(tmpdir(), 'routebench-contract-'))
      store = await openStore({ url: server.url, database: `routebench_test_${Date.now()}` })
      await migrate(store)
    })
    afterAll(async () => {
      await store?.command(`DROP DATABASE IF EXISTS ${store.database}`)
      await store?.close()
      await server?.close()
      await rm(dir, { recursive: true, force: true })
    })

    async function insert(table: Table, lines: readonly string[], token: string): Promise<void> {
      const path = join(dir, `${files++}.ndjson`)
      await writeFile(path, lines.map(line => `${line}\n`).join(''))
      await store.insertSegment({ table, path, token })
    }

    async function expectSameRows(table: Table, lines: readonly string[], columns: readonly string[]) {
      await store.command(`TRUNCATE TABLE ${table}`)
      await insert(table, lines, `${table} sample`)
      const list = columns.map(column => `\`${column}\``).join(', ')
      const rows = await store.query<object>(`SELECT ${list} FROM ${table}`)
      const keyed = (row: object) =>
        JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      const byKey = (one: object, other: object) => (keyed(one) < keyed(other) ? -1 : 1)
      const written: readonly object[] = lines.map(line => JSON.parse(line))
      expect(rows.toSorted(byKey)).toEqual(written.toSorted(byKey))
    }

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined()
    })

    it('migrates once: a second migration finds nothing to do', async () => {
      const before = await migrationStatus(store)
      expect(before).toMatchObject({ state: 'current', pending: [] })
      expect(await migrate(store)).toEqual(before)
      const steps = await store.query<{ n: string }>('SELECT count() AS n FROM schema_migrations')
      expect(steps).toEqual([{ n: String(before.known) }])
    })

    it('says that a database that is not there yet is behind', async () => {
      const empty = await openStore({ url: server.url, database: 'routebench_absent' })
      expect(await migrationStatus(empty)).toMatchObject({ state: 'behind', applied: 0 })
      await empty.close()
    })

    it('refuses to migrate a store that a newer program made', async () => {
      const newer = await openStore({ url: server.url, database: `${store.database}_newer` })
      await migrate(newer)
      await newer.command("INSERT INTO schema_migrations (id, name) VALUES (9999, 'from the future')")
      await expect(migrate(newer)).rejects.toMatchObject({ code: 'E_STORE_SCHEMA' })
      expect(await migrationStatus(newer)).toMatchObject({ state: 'newer', applied: 9999 })
      await newer.command(`DROP DATABASE ${newer.database}`)
      await newer.close()
    })

    it('refuses to migrate a store whose steps had another shape', async () => {
      const other = await openStore({ url: server.url, database: `${store.database}_other` })
      await migrate(other)
      await other.command(
        "INSERT INTO schema_migrations (id, name, checksum) VALUES (1, 'record tables', 'x')",
      )
      await expect(migrate(other)).rejects.toMatchObject({ code: 'E_STORE_SCHEMA' })
      await other.command(`DROP DATABASE ${other.database}`)
      await other.close()
    })

    it('brings a store of version 2 to version 3 and keeps its rows', async () => {
      const older = await openStore({ url: server.url, database: `${store.database}_older` })
      const target = { database: older.database }
      await older.createDatabase()
      await migrate(older)
      // As the tables were: without probes and without states of endpoints.
      for (const table of ['requests', 'attempts', 'runs', 'endpoint_states']) {
        await older.command(`DROP TABLE ${table}`)
      }
      for (const statement of migrations[0]?.statements(target) ?? []) {
        await older.command(
          statement.replace(", 'probe' = 4", '').replace("IN ('live', 'probe')", "= 'live'"),
        )
      }
      await older.command('ALTER TABLE schema_migrations DELETE WHERE id > 4 SETTINGS mutations_sync = 2')
      const [kept] = sample(requestRows, 1)
      if (!kept) throw new Error('no sample')
      const path = join(dir, 'older.ndjson')
      await writeFile(path, `${encodeRequest({ ...kept, phase: 'live' })}\n`)
      await older.insertSegment({ table: 'requests', path, token: 'older' })

      expect(await migrationStatus(older)).toMatchObject({
        state: 'behind',
        pending: ['states of endpoints'],
      })
      expect(await migrate(older)).toMatchObject({ state: 'current' })
      await writeFile(path, `${encodeRequest({ ...kept, phase: 'probe' })}\n`)
      await older.insertSegment({ table: 'requests', path, token: 'newer' })
      const phases = 'SELECT toString(phase) AS phase FROM requests ORDER BY phase'
      expect(await older.query(phases)).toEqual([{ phase: 'live' }, { phase: 'probe' }])
      expect(await older.query('SELECT count() AS n FROM endpoint_states')).toEqual([{ n: '0' }])
      await older.command(`DROP DATABASE ${older.database}`)
      await older.close()
    })

    it('has every column of every record table, in its type', async () => {
      const rows = await store.query<{ table: string; column: string; type: string }>(
        'SELECT table, name AS column, type FROM system.columns WHERE database = {database:String}',
        { database: store.database },
      )
      const types = new Map(rows.map(({ table, column, type }) => [`${table}.${column}`, type]))
      for (const [table, columns] of Object.entries(recordTables)) {
        for (const [column, { clickhouse }] of Object.entries(columns)) {
          expect([column, types.get(`${table}.${column}`)]).toEqual([
            column,
            clickhouse.replace(/ CODEC.*$/, ''),
          ])
        }
      }
    })

    it('gives back any request exactly as it was encoded', async () => {
      const lines = sample(requestRows, 200).map(encodeRequest)
      await expectSameRows('requests', lines, Object.keys(recordTables.requests))
    })

    it('gives back any attempt exactly as it was encoded', async () => {
      const lines = sample(attemptRows, 200).map(encodeAttempt)
      await expectSameRows('attempts', lines, Object.keys(recordTables.attempts))
    })

    it('gives back any run exactly as it was encoded', async () => {
      const lines = sample(runRows, 50).map((row, index) => encodeRun({ ...row, run_id: `run ${index}` }))
      await expectSameRows('runs', lines, Object.keys(recordTables.runs))
    })

    it('gives back any state of an endpoint exactly as it was encoded', async () => {
      const lines = sample(stateRows, 100).map(encodeEndpointState)
      await expectSameRows('endpoint_states', lines, Object.keys(recordTables.endpoint_states))
    })

    it('gives back any span, with 64-bit durations as text', async () => {
      const rows = sample(spanRows, 50)
      const lines = rows.map(row => JSON.stringify({ ...row, Duration: String(row.Duration) }))
      await expectSameRows('otel_traces', lines, Object.keys(rows[0] ?? {}))
    })

    it('keeps money to the last of 12 places, adds it exactly, and tells null from zero', async () => {
      const costs = [1n, 999_999_999_999_999_999n, -1n, 0n, null]
      const [row] = sample(requestRows, 1)
      if (!row) throw new Error('no sample')
      const lines = costs.map(cost_usd => encodeRequest({ ...row, run_id: 'money', cost_usd }))
      await insert('requests', lines, 'money')
      expect(
        await store.query(
          "SELECT cost_usd FROM requests WHERE run_id = 'money' ORDER BY cost_usd NULLS LAST",
        ),
      ).toEqual([
        { cost_usd: '-0.000000000001' },
        { cost_usd: '0' },
        { cost_usd: '0.000000000001' },
        { cost_usd: '999999.999999999999' },
        { cost_usd: null },
      ])
      expect(
        await store.query(
          "SELECT sum(cost_usd) AS total, count(cost_usd) AS known FROM requests WHERE run_id = 'money'",
        ),
      ).toEqual([{ total: '999999.999999999999', known: '4' }])
    })

    it('keeps a segment once however often it is sent', async () => {
      const lines = sample(attemptRows, 5000, 7).map(row => encodeAttempt({ ...row, run_id: 'once' }))
      for (let time = 0; time < 3; time++) await insert('attempts', lines, 'the same token')
      const count = "SELECT count() AS n FROM attempts WHERE run_id = 'once'"
      expect(await store.query(count)).toEqual([{ n: '5000' }])
      await insert('attempts', lines, 'another token')
      expect(await store.query(count)).toEqual([{ n: '10000' }])
    })

    it('keeps a segment whose rows lie in several months once', async () => {
      const [row] = sample(attemptRows, 1)
      if (!row) throw new Error('no sample')
      const months = [4_070_908_800_000_000, 4_073_673_600_000_000, 4_076_000_000_000_000]
      const lines = months.map(ts => encodeAttempt({ ...row, ts, run_id: 'months' }))
      for (let time = 0; time < 3; time++) await insert('attempts', lines, 'months')
      expect(await store.query("SELECT count() AS n FROM attempts WHERE run_id = 'months'")).toEqual([
        { n: '3' },
      ])
    })

    it.each([
      ['a field that the table does not have', '{"run_id":"bad","surprise":1}'],
      ['a null in a closed set', '{"run_id":"bad","outcome":null}'],
      ['a name outside a closed set', '{"run_id":"bad","outcome":"fine"}'],
      ['text that is no JSON', 'run_id=bad'],
    ])('refuses %s, and nothing of that segment is kept', async (_, line) => {
      const good = sample(requestRows, 20).map(row => encodeRequest({ ...row, run_id: 'bad' }))
      await expect(insert('requests', [...good, line], line)).rejects.toThrow()
      expect(await store.query("SELECT count() AS n FROM requests WHERE run_id = 'bad'")).toEqual([
        { n: '0' },
      ])
    })

    it('calls an unknown field a schema that does not fit', async () => {
      await expect(insert('runs', ['{"surprise":1}'], 'surprise')).rejects.toMatchObject({
        code: 'E_STORE_SCHEMA',
      })
    })

    it('takes parameters of a statement as values, never as text of it', async () => {
      const params = {
        a: "it's \\ {b:String}\t\n--",
        n: 2n ** 64n - 1n,
        list: ["a'b", 'c,d'],
        none: null,
        at: 1.5,
      }
      const sql =
        'SELECT {a:String} AS a, {n:UInt64} AS n, {list:Array(String)} AS list, {none:Nullable(String)} AS none, {at:Float64} AS at'
      expect(await store.query(sql, params)).toEqual([{ ...params, n: '18446744073709551615' }])
    })

    it('answers parallel statements each with its own parameters', async () => {
      const numbers = Array.from({ length: 40 }, (_, index) => index)
      const answers = await Promise.all(
        numbers.map(n => store.query<{ n: number }>('SELECT {n:UInt32} AS n', { n })),
      )
      expect(answers.map(rows => rows[0]?.n)).toEqual(numbers)
    })

    it.each([
      ['SELECT nope', '47'],
      ['SELECT * FROM nope', '60'],
      ['SELECT * FROM nope.nope', '81'],
      ['SELEC 1', '62'],
      ["SELECT toUInt8('x')", '6'],
    ])('rejects %s with code %s of ClickHouse', async (sql, code) => {
      const error = await store.query(sql).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ClickHouseError)
      expect(error).toMatchObject({ code })
    })
  })
}
