import { mkdir } from 'node:fs/promises'
import { type Clock, createSystemClock, nsPerMs, UserError } from '../core/index.ts'
import {
  encodeAttempt,
  encodeEndpointState,
  encodeRequest,
  encodeRun,
  encodeSpan,
  type RecordSink,
  type RunRecord,
} from '../record/index.ts'
import { recoverJournal } from './recover.ts'
import { listSegments } from './segment-name.ts'
import { createSegmentWriter, type SegmentWriter } from './segment-writer.ts'
import { type StoreTable, storeTables } from './tables.ts'
import { lockWriter } from './writer-lock.ts'

/** A record sink on disk: every record is one JSON line, encoded when it is taken. */
export interface Journal extends RecordSink {
  /** A state of a run. */
  run(record: RunRecord): void
  /** Ends the segments being written, so that they can be uploaded now. */
  seal(): Promise<void>
  /** Rows on disk so far, by table. */
  written(): Readonly<Record<StoreTable, number>>
  [Symbol.asyncDispose](): Promise<void>
}

export interface JournalOptions {
  /** Folder of the segments; made when missing. */
  readonly dir: string
  /** Name of this process in file names; one process at a time may use it in a folder. */
  readonly writer: string
  /** Default the system's. */
  readonly clock?: Clock
  /** Rows in a segment. Default 5000. */
  readonly maxSegmentRows?: number
  /** Longest time between sealings: how long a row waits before it can be uploaded. Default 5000. */
  readonly maxSegmentMs?: number
  /** Memory for rows of one table while the disk is slow or refuses, in characters. Default 64 Mi. */
  readonly maxPendingChars?: number
  /** Wait before trying a disk again that refused. Default 250. */
  readonly retryMs?: number
}

/**
 * Opens a journal. Segments that a dead process left under this name are sealed first.
 *
 * Rows leave in at most one write per table and turn of the event loop. When the disk refuses, rows wait in
 * memory up to a bound and are tried again; the rest is counted in `dropped`, as is what is left at `close`.
 *
 * @throws UserError E_STORE_LOCKED when a running process has the name, E_FILE_UNREADABLE for an unusable folder.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, writer, clock = createSystemClock(), maxSegmentMs = 5000 } = options
  const unlock = await lockJournal(dir, writer)
  const writers = await recoverAndCreate(options).catch(async (error: unknown) => {
    await unlock()
    throw error
  })
  const all = Object.values(writers)
  const everyWriter = async (work: (one: SegmentWriter) => Promise<void>) =>
    void (await Promise.all(all.map(work)))
  const stopSealing = new AbortController()
  const sealing = sealRegularly({ clock, everyMs: maxSegmentMs, signal: stopSealing.signal }, () =>
    everyWriter(one => one.seal()),
  )

  async function close(): Promise<void> {
    stopSealing.abort()
    await sealing
    await everyWriter(one => one.close())
    await unlock()
  }

  return Object.freeze({
    request: record => writers.requests.append(encodeRequest(record)),
    attempt: record => writers.attempts.append(encodeAttempt(record)),
    run: record => writers.runs.append(encodeRun(record)),
    state: record => writers.endpoint_states.append(encodeEndpointState(record)),
    span: row => writers.otel_traces.append(encodeSpan(row)),
    dropped: () => all.reduce((sum, one) => sum + one.dropped(), 0),
    written: () => mapWriters(writers, one => one.written()),
    flush: () => everyWriter(one => one.flush()),
    seal: () => everyWriter(one => one.seal()),
    close,
    [Symbol.asyncDispose]: close,
  } satisfies Journal)
}

type Writers = Readonly<Record<StoreTable, SegmentWriter>>

function mapWriters<Result>(
  writers: Writers,
  map: (writer: SegmentWriter) => Result,
): Record<StoreTable, Result> {
  return {
    requests: map(writers.requests),
    attempts: map(writers.attempts),
    runs: map(writers.runs),
    endpoint_states: map(writers.endpoint_states),
    otel_traces: map(writers.otel_traces),
  }
}

async function lockJournal(dir: string, writer: string): Promise<() => Promise<void>> {
  if (!/^[\w.]+(-[\w.]+)*$/.test(writer)) throw new Error(`not a writer name: ${writer}`)
  try {
    await mkdir(dir, { recursive: true })
    return await lockWriter(dir, writer)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`the journal folder ${dir} cannot be written`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Choose a folder that this user may write to.',
      cause: error,
    })
  }
}

async function recoverAndCreate(options: JournalOptions): Promise<Writers> {
  await recoverJournal(options.dir, options.writer)
  return await createWriters(options)
}

async function createWriters(options: JournalOptions): Promise<Writers> {
  const { dir, writer } = options
  const { maxSegmentRows = 5000, maxPendingChars = 64 * 2 ** 20, retryMs = 250 } = options
  const existing = await listSegments(dir)
  const create = (table: StoreTable) => {
    const used = existing.filter(one => one.writer === writer && one.table === table).map(one => one.sequence)
    const first = { dir, writer, table, sequence: Math.max(0, ...used) + 1, state: 'open' } as const
    return createSegmentWriter({ first, maxSegmentRows, maxPendingChars, retryMs })
  }
  const [requests, attempts, runs, states, spans] = storeTables.map(create)
  if (!requests || !attempts || !runs || !states || !spans) throw new Error('a table has no writer')
  return { requests, attempts, runs, endpoint_states: states, otel_traces: spans }
}

interface SealingOptions {
  readonly clock: Clock
  readonly everyMs: number
  readonly signal: AbortSignal
}

async function sealRegularly(options: SealingOptions, seal: () => Promise<void>): Promise<void> {
  const { clock, everyMs, signal } = options
  try {
    for (;;) {
      await clock.sleepUntil(clock.monoNs() + everyMs * nsPerMs, signal)
      await seal()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
