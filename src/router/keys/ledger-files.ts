import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, UserError } from '../../core/index.ts'
import { parseEntry, parseSnapshot } from './ledger-lines.ts'
import { type BookState, createUsageBook, emptyBookState } from './usage-book.ts'

/** What a ledger's folder holds. */
export interface LoadedLedger {
  readonly state: BookState
  /** Above that of every journal in the folder. */
  readonly nextSequence: number
}

const journalName = /^journal-(\d{1,15})\.ndjson$/

/** Path of a journal: the entries since the snapshot that names it. */
export function journalPath(folder: string, sequence: number): string {
  return join(folder, `journal-${sequence}.ndjson`)
}

/** Path of the snapshot. */
export function snapshotPath(folder: string): string {
  return join(folder, 'snapshot.ndjson')
}

/** Sequences of the journals in a folder, oldest first. */
export async function journalsIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder)
  return names
    .flatMap(name => journalName.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** Takes a folder for one process. */
export type LockFolder = (folder: string) => Promise<() => Promise<void>>

/** Makes a ledger's folder where it is missing and locks it. Throws as `lock` does, and E_FILE_UNREADABLE. */
export function claimFolder(folder: string, lock: LockFolder): Promise<() => Promise<void>> {
  return orUnusable(folder, async () => {
    await mkdir(folder, { recursive: true })
    return await lock(folder)
  })
}

/**
 * Reads a ledger's folder: the snapshot, and the journals written since. The half-written last line of a killed
 * process was never a whole entry and is left out.
 *
 * @throws UserError E_LEDGER_INVALID for files that were damaged, E_FILE_UNREADABLE for an unusable folder.
 */
export function loadLedger(folder: string, nowMs: number): Promise<LoadedLedger> {
  return orUnusable(folder, () => load(folder, nowMs))
}

async function orUnusable<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`the ledger in ${folder} cannot be used: ${messageOf(error)}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Choose a folder that this user may read and write.',
      cause: error,
    })
  }
}

async function load(folder: string, nowMs: number): Promise<LoadedLedger> {
  const sequences = await journalsIn(folder)
  const snapshot = await readSnapshot(folder)
  const book = createUsageBook(snapshot.state)
  for (const sequence of sequences) {
    // One from before the snapshot was left by a process that ended between writing it and tidying up.
    if (sequence < snapshot.journal) await rm(journalPath(folder, sequence), { force: true })
    else for (const entry of await readEntries(journalPath(folder, sequence))) book.apply(entry)
  }
  return { state: book.state(nowMs), nextSequence: Math.max(snapshot.journal, ...sequences) + 1 }
}

async function readSnapshot(folder: string) {
  const path = snapshotPath(folder)
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  if (text === undefined) return { state: emptyBookState, journal: 0 }
  const snapshot = parseSnapshot(text)
  if (!snapshot) throw damaged(path)
  return snapshot
}

async function readEntries(path: string) {
  const lines = (await readFile(path, 'utf8')).split('\n')
  // After the last newline comes nothing, or what a killed process had written of a line.
  return lines.slice(0, -1).map((line, index) => {
    const entry = parseEntry(line)
    if (!entry) throw damaged(`${path}:${index + 1}`)
    return entry
  })
}

function damaged(place: string): UserError {
  return new UserError(`the ledger is damaged at ${place}, so what was spent is not known`, {
    code: 'E_LEDGER_INVALID',
    hint: 'Restore its folder from a backup, or move the folder away to begin at zero.',
  })
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
