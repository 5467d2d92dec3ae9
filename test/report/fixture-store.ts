import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import {
  type AttemptRecord,
  type Columns,
  encodeAttempt,
  encodeRequest,
  encodeRun,
  type RequestRecord,
  type RunRecord,
  recordTables,
} from '../../src/record/index.ts'
import type { RecordReader } from '../../src/report/index.ts'

/** An empty embedded store with the record tables, for the tests of this folder. */
export interface FixtureStore extends RecordReader {
  insert(rows: FixtureRows): void
  execute(sql: string): void
  /** Empties all tables. */
  clear(): void
  close(): void
}

export interface FixtureRows {
  readonly requests?: readonly RequestRecord[]
  readonly attempts?: readonly AttemptRecord[]
  readonly runs?: readonly RunRecord[]
}

export function openFixtureStore(): FixtureStore {
  const folder = mkdtempSync(join(tmpdir(), 'routebench-report-'))
  const session = new Session(folder)
  session.query('CREATE DATABASE routebench')
  session.query('USE routebench')
  for (const [table, columns] of Object.entries(recordTables)) session.query(createTable(table, columns))

  function insertRows<Row>(table: string, rows: readonly Row[], encode: (row: Row) => string): void {
    for (let from = 0; from < rows.length; from += 20_000) {
      const lines = rows.slice(from, from + 20_000).map(encode)
      session.query(`INSERT INTO routebench.${table} FORMAT JSONEachRow ${lines.join('\n')}`)
    }
  }

  async function query<Row>(sql: string, params: Readonly<Record<string, unknown>> = {}): Promise<Row[]> {
    const text = session.queryBind(sql, { ...params }, 'JSONEachRow')
    return text
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line))
  }

  return Object.freeze({
    query,
    execute: (sql: string) => {
      session.query(sql)
    },
    insert: ({ requests = [], attempts = [], runs = [] }: FixtureRows) => {
      insertRows('requests', requests, encodeRequest)
      insertRows('attempts', attempts, encodeAttempt)
      insertRows('runs', runs, encodeRun)
    },
    clear: () => {
      for (const table of Object.keys(recordTables)) session.query(`TRUNCATE TABLE routebench.${table}`)
    },
    close: () => {
      session.close()
      rmSync(folder, { recursive: true, force: true })
    },
  })
}

function createTable(table: string, columns: Columns): string {
  const definitions = Object.entries(columns).map(([name, { clickhouse }]) => `${name} ${clickhouse}`)
  return `CREATE TABLE routebench.${table} (${definitions.join(', ')}) ENGINE = MergeTree ORDER BY run_id`
}
