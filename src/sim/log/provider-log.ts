import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, messageOf, UserError } from '../../core/index.ts'
import type { LogHeader, LogLine } from './log-line.ts'
import { createRequestLog, type RequestLog } from './request-log.ts'

/** Keeps a line for every request that simulated providers receive. */
export interface ProviderLog {
  /** Begins a line for a request that arrived at `receivedNs` of the clock. */
  begin(receivedNs: number): RequestLog
  /** Lines that could not be kept: too many waiting, or the file refused them. */
  dropped(): number
  /** Writes what is left and closes the file. Requests that have not ended are given a moment to. */
  close(): Promise<void>
}

/** What a `ProviderLog` is made of. */
export interface ProviderLogOptions {
  /** File to write (JSON Lines); an earlier one is replaced, its folder is made. */
  readonly path: string
  readonly clock: Clock
  readonly speed: number
}

/** Lines held until they are written; some 100 MB. */
const maxWaiting = 50_000
/** Lines encoded in one turn of the event loop, about 1 ms, so that answers are not late for their log. */
const linesPerTurn = 32
const restMs = 20

/**
 * Opens a log file and writes its header. Lines are encoded and written in small batches between answers.
 *
 * @throws UserError E_FILE_UNREADABLE when the file cannot be made.
 */
export async function openProviderLog({ path, clock, speed }: ProviderLogOptions): Promise<ProviderLog> {
  const file = await openFile(path)
  const monoNs = clock.monoNs()
  const epochUs = clock.toEpochUs(monoNs)
  const header = { kind: 'provider_log', version: 1, epoch_us: epochUs, mono_ns: monoNs, speed } as const
  await file.write(`${JSON.stringify(header satisfies LogHeader)}\n`)
  let waiting: (() => LogLine)[] = []
  const count = { begun: 0, unfinished: 0, dropped: 0 }
  let drained = Promise.resolve()
  let isDraining = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, linesPerTurn)
      waiting = waiting.slice(linesPerTurn)
      const text = batch.map(make => `${JSON.stringify(make())}\n`).join('')
      await file.write(text).catch(() => {
        // A full disk must not end the answers; what was lost is counted and told.
        count.dropped += batch.length
      })
      await pause(waiting.length > 8 * linesPerTurn ? 0 : restMs)
    }
    isDraining = false
  }

  function keep(make: () => LogLine): void {
    count.unfinished -= 1
    if (waiting.length >= maxWaiting) count.dropped += 1
    else waiting.push(make)
    if (isDraining) return
    isDraining = true
    drained = drain()
  }

  return Object.freeze({
    begin: (receivedNs: number) => {
      count.begun += 1
      count.unfinished += 1
      const receivedEpochMs = Math.floor(clock.toEpochUs(receivedNs) / 1000)
      return createRequestLog({ no: count.begun, receivedNs, receivedEpochMs, speed, keep })
    },
    dropped: () => count.dropped,
    close: async () => {
      for (let turn = 0; turn < 50 && count.unfinished > 0; turn++) await pause(10)
      await drained
      await file.close()
    },
  })
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true })
    return await open(path, 'w')
  } catch (cause) {
    throw new UserError(`cannot write the provider log ${path}: ${messageOf(cause)}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Check the path, its permissions and the room on the disk.',
      cause,
    })
  }
}
