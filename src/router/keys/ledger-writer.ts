import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { journalPath, journalsIn, snapshotPath } from './ledger-files.ts'

/** Brings the entries of a ledger to disk, behind the requests. */
export interface LedgerWriter {
  /** Takes a line without its newline; its entry is in the book already. Never blocks, never throws. */
  append(line: string): void
  /** Resolves when all lines taken so far are on disk, or after one failed try. */
  flush(): Promise<void>
  /** Writes what is left as a snapshot. */
  close(): Promise<void>
}

export interface LedgerWriterOptions {
  readonly folder: string
  /** Of the first journal to write. */
  readonly nextSequence: number
  /** The whole book as it is now; journals from `journal` on hold what comes after. */
  readonly snapshot: (journal: number) => string
  /** Lines in a journal before a snapshot takes their place. */
  readonly maxJournalLines: number
  /** Lines kept in memory while the disk is slow or refuses; past that a snapshot will hold them. */
  readonly maxPendingLines: number
  readonly retryMs: number
  /** Told once each time the disk begins to refuse. */
  readonly onError: (error: unknown) => void
}

/**
 * Makes a writer, which begins with a snapshot. Lines of one turn of the event loop leave in one write, so a killed
 * process loses the last turn at most. Nothing is lost to a disk that refuses for a while: the book in memory is
 * whole, and the next snapshot has it.
 */
export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  const files = createFiles(options)
  let pending: string[] = []
  let needsSnapshot = true
  let scheduled = false
  let closed = false
  let refuses = false
  let queue: Promise<void> = Promise.resolve()

  /** One disk operation at a time, in order. */
  function drainSoon(): Promise<void> {
    queue = queue.then(drain)
    return queue
  }

  function append(line: string): void {
    if (closed) return
    pending.push(line)
    if (pending.length > options.maxPendingLines) snapshotInstead()
    if (scheduled) return
    scheduled = true
    setImmediate(() => void drainSoon())
  }

  function snapshotInstead(): void {
    pending = []
    needsSnapshot = true
  }

  async function drain(): Promise<void> {
    scheduled = false
    try {
      if (needsSnapshot || files.lines() >= options.maxJournalLines) await compact()
      while (pending.length > 0) {
        const lines = pending
        pending = []
        await files.append(lines)
      }
      refuses = false
    } catch (error) {
      needsSnapshot = true
      if (!refuses) options.onError(error)
      refuses = true
      retryLater()
    }
  }

  async function compact(): Promise<void> {
    const text = options.snapshot(files.nextSequence())
    pending = []
    // Before the wait: lines that overflow meanwhile ask for the next one.
    needsSnapshot = false
    await files.replace(text)
  }

  function retryLater(): void {
    if (closed || scheduled) return
    scheduled = true
    setTimeout(() => void drainSoon(), options.retryMs).unref()
  }

  async function close(): Promise<void> {
    closed = true
    needsSnapshot = true
    await drainSoon()
    await files.close()
  }
  return Object.freeze<LedgerWriter>({ append, flush: drainSoon, close })
}

/** The journal being written, and the snapshot before it. Calls must not overlap. */
interface Files {
  /** Lines in the journal. */
  lines(): number
  /** Of the journal that the next `replace` begins. */
  nextSequence(): number
  append(lines: readonly string[]): Promise<void>
  /** Puts a new snapshot in the place of the last one and begins an empty journal. */
  replace(snapshot: string): Promise<void>
  close(): Promise<void>
}

function createFiles({ folder, nextSequence }: LedgerWriterOptions): Files {
  let next = nextSequence
  let journal: FileHandle | null = null
  let lines = 0

  async function append(batch: readonly string[]): Promise<void> {
    if (!journal) throw new Error('no journal has been begun')
    await journal.appendFile(`${batch.join('\n')}\n`)
    lines += batch.length
  }

  async function replace(snapshot: string): Promise<void> {
    const sequence = next++
    const draft = `${snapshotPath(folder)}.draft`
    await writeToDisk(draft, snapshot)
    // From here on the snapshot holds all older journals; readers skip those it does not name.
    await rename(draft, snapshotPath(folder))
    await close()
    journal = await open(journalPath(folder, sequence), 'w')
    lines = 0
    for (const old of await journalsIn(folder)) {
      if (old < sequence) await rm(journalPath(folder, old), { force: true })
    }
  }

  async function close(): Promise<void> {
    const current = journal
    journal = null
    await current?.close()
  }
  return { lines: () => lines, nextSequence: () => next, append, replace, close }
}

async function writeToDisk(path: string, text: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(text)
    await file.datasync()
  } finally {
    await file.close()
  }
}
