import type { Clock, PicoUsd } from '../../core/index.ts'
import { encodeEntry, encodeSnapshot } from './ledger-lines.ts'
import { claimFolder, loadLedger, type LockFolder } from './ledger-files.ts'
import { createLedgerWriter, type LedgerWriter } from './ledger-writer.ts'
import {
  type ActivityRow,
  type Admitted,
  createUsageBook,
  freeWindow,
  type Settled,
  type Spent,
  type UsageBook,
} from './usage-book.ts'
import type { RateState } from './rate-window.ts'

/**
 * What callers have spent and asked for. Answers at once, from memory; the disk follows behind.
 * Money is what callers were charged, not what providers billed.
 */
export interface Ledger {
  /** Counts a request that is let in, where a limit counts it. */
  admit(request: Omit<Admitted, 'kind'>): void
  /**
   * Sets aside what a request may cost, so that requests under way together stay within a budget.
   *
   * @returns what gives it back; harmless a second time.
   */
  reserve(keyId: string, amount: PicoUsd): () => void
  /** Takes in a request that has ended. */
  settle(request: Omit<Settled, 'kind'>): void
  /** Of one key over all time. */
  total(keyId: string): Spent
  /** Of one key over the UTC days from `firstDay` on; the last 32 days are known. */
  since(keyId: string, firstDay: number): Spent
  /** Of all keys over all time. */
  account(): Spent
  /** Set aside for requests under way; without a key, of all. */
  reserved(keyId?: string): PicoUsd
  /** Free models: requests today (UTC), of all keys. */
  freeUsed(nowMs: number): number
  /** Free models: the last minute, of all keys. */
  freeRate(limit: number, nowMs: number): RateState
  /** One key: the last minute. */
  keyRate(keyId: string, limit: number, nowMs: number): RateState
  activity(): readonly ActivityRow[]
  /** Resolves when everything so far is on disk, or after one failed try. */
  flush(): Promise<void>
  /** Writes what is left and gives the folder back. Takes nothing more. */
  close(): Promise<void>
}

/** Makes a ledger in memory, which ends with the process. */
export function createLedger(): Ledger {
  return ledgerOf(createUsageBook(), {
    append: () => undefined,
    flush: async () => {},
    close: async () => {},
  })
}

/** Where a ledger is kept. */
export interface LedgerOptions {
  /** Made when missing. */
  readonly folder: string
  readonly clock: Clock
  /**
   * Takes the folder for this process, so that two routers cannot write it; resolves with what gives it back.
   * Rejects with E_STORE_LOCKED when another process has it.
   */
  readonly lock: LockFolder
  /** Told once each time the disk begins to refuse. Default: nobody. */
  readonly onError?: (error: unknown) => void
  /** Entries in a journal before a snapshot takes their place. Default 10,000. */
  readonly maxJournalLines?: number
  /** Entries kept in memory for a slow disk. Default 100,000. */
  readonly maxPendingLines?: number
  /** Wait before trying a disk again that refused. Default 1000. */
  readonly retryMs?: number
}

/**
 * Opens a ledger in a folder. A killed process loses the entries of the last turn of its event loop at most.
 * A disk that refuses stops nothing: the entries stay in memory and reach it with the next snapshot.
 *
 * @throws UserError E_STORE_LOCKED, E_LEDGER_INVALID (damaged), E_FILE_UNREADABLE (a folder that cannot be used).
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { folder, clock, lock, onError = () => undefined } = options
  const { maxJournalLines = 10_000, maxPendingLines = 100_000, retryMs = 1_000 } = options
  const nowMs = () => Math.floor(clock.epochUs() / 1000)
  const unlock = await claimFolder(folder, lock)
  const loaded = await loadLedger(folder, nowMs()).catch(async (error: unknown) => {
    await unlock()
    throw error
  })
  const book = createUsageBook(loaded.state)
  const rowTexts = new WeakMap<ActivityRow, string>()
  const writer = createLedgerWriter({
    folder,
    nextSequence: loaded.nextSequence,
    snapshot: journal => encodeSnapshot({ state: book.state(nowMs()), journal }, rowTexts),
    maxJournalLines,
    maxPendingLines,
    retryMs,
    onError,
  })
  await writer.flush()
  const close = async () => {
    await writer.close()
    await unlock()
  }
  return ledgerOf(book, { ...writer, close })
}

function ledgerOf(book: UsageBook, writer: LedgerWriter): Ledger {
  const reservations = createReservations()
  const take = (entry: Admitted | Settled) => {
    book.apply(entry)
    writer.append(encodeEntry(entry))
  }
  return Object.freeze<Ledger>({
    admit: request => {
      if (request.isFree || request.isTimed) take({ kind: 'admitted', ...request })
    },
    reserve: reservations.reserve,
    settle: request => take({ kind: 'settled', ...request }),
    total: book.total,
    since: book.since,
    account: book.account,
    reserved: reservations.sum,
    freeUsed: book.freeUsed,
    freeRate: (limit, nowMs) => book.window(freeWindow).read(limit, nowMs),
    keyRate: (keyId, limit, nowMs) => book.window(keyId).read(limit, nowMs),
    activity: book.rows,
    flush: writer.flush,
    close: writer.close,
  })
}

/** Money set aside for requests under way. In memory only: after a restart nothing is under way. */
function createReservations() {
  const byKey = new Map<string, PicoUsd>()
  let all = 0n

  function move(keyId: string, amount: PicoUsd): void {
    all += amount
    const left = (byKey.get(keyId) ?? 0n) + amount
    if (left === 0n) byKey.delete(keyId)
    else byKey.set(keyId, left)
  }

  function reserve(keyId: string, amount: PicoUsd): () => void {
    let isHeld = true
    move(keyId, amount)
    return () => {
      if (isHeld) move(keyId, -amount)
      isHeld = false
    }
  }
  const sum = (keyId?: string) => (keyId === undefined ? all : (byKey.get(keyId) ?? 0n))
  return { reserve, sum }
}
