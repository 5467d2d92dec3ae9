import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AttemptRecord,
  type EndpointStateRecord,
  encodeAttempt,
  encodeEndpointState,
  encodeRequest,
  encodeRun,
  type RequestRecord,
  type RunRecord,
} from '../../src/record/index.ts'
import type { RecordReader } from '../../src/report/index.ts'
import { migrate, openStore, startEmbeddedStore } from '../../src/store/index.ts'

/** A real embedded store that tests of reports fill with hand-made rows. */
export interface FixtureStore extends RecordReader {
  insert(rows: FixtureRows): Promise<void>
  /** Empties the record tables. */
  clear(): Promise<void>
  close(): Promise<void>
}

export interface FixtureRows {
  readonly requests?: readonly RequestRecord[]
  readonly attempts?: readonly AttemptRecord[]
  readonly runs?: readonly RunRecord[]
  readonly states?: readonly EndpointStateRecord[]
}

export async function openFixtureStore(): Promise<FixtureStore> {
  const folder = await mkdtemp(join(tmpdir(), 'routebench-report-'))
  const engine = await startEmbeddedStore({ dataDir: join(folder, 'store') })
  const store = await openStore({ url: engine.url })
  await migrate(store)
  let inserts = 0

  async function insertLines(
    table: 'requests' | 'attempts' | 'runs' | 'endpoint_states',
    lines: readonly string[],
  ): Promise<void> {
    if (lines.length === 0) return
    inserts++
    const path = join(folder, `${table}-${inserts}.jsonl`)
    await writeFile(path, `${lines.join('\n')}\n`)
    await store.insertSegment({ table, path, token: path })
  }

  return Object.freeze({
    query: store.query,
    insert: async ({ requests = [], attempts = [], runs = [], states = [] }: FixtureRows) => {
      await insertLines('requests', requests.map(encodeRequest))
      await insertLines('attempts', attempts.map(encodeAttempt))
      await insertLines('runs', runs.map(encodeRun))
      await insertLines('endpoint_states', states.map(encodeEndpointState))
    },
    clear: async () => {
      for (const table of ['requests', 'attempts', 'runs', 'endpoint_states']) {
        await store.command(`TRUNCATE TABLE ${table}`)
      }
    },
    close: async () => {
      await store.close()
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    },
  })
}
