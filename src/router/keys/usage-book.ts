import type { PicoUsd } from '../../core/index.ts'
import { createRateWindow, type RateWindow } from './rate-window.ts'
import { dayOf } from './utc-period.ts'

/** A request was let in that a limit counts. */
export interface Admitted {
  readonly kind: 'admitted'
  readonly atMs: number
  readonly keyId: string
  /** Whether it counts against the key's own requests per minute. */
  readonly isTimed: boolean
  /** Whether it counts against the limits of free models. */
  readonly isFree: boolean
}

/** A request that reached a provider has ended. */
export interface Settled {
  readonly kind: 'settled'
  readonly atMs: number
  readonly keyId: string
  /** What served it; of the last attempt when nothing did. */
  readonly model: string
  readonly endpoint: string
  readonly provider: string
  /** null: unknown. */
  readonly charged: PicoUsd | null
  /** Taken from budgets, but not from `usage`, where the charge is unknown: what it was at least. */
  readonly held: PicoUsd
  readonly promptTokens: number
  readonly completionTokens: number
  readonly reasoningTokens: number
}

/** One fact of the ledger. */
export type LedgerEntry = Admitted | Settled

/** Money of one key, or of all. */
export interface Spent {
  readonly charged: PicoUsd
  /** For requests whose charge is unknown. */
  readonly held: PicoUsd
}

/** Requests of one key that one endpoint served on one UTC day. */
export interface ActivityRow extends Spent {
  readonly day: number
  readonly keyId: string
  readonly model: string
  readonly endpoint: string
  readonly provider: string
  readonly requests: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly reasoningTokens: number
}

/** Everything a book knows, as plain data. */
export interface BookState {
  /** By key, over all time. */
  readonly totals: ReadonlyMap<string, Spent>
  readonly free: { readonly day: number; readonly used: number }
  /** Stamps of the rate windows by their name. */
  readonly windows: ReadonlyMap<string, readonly number[]>
  readonly rows: readonly ActivityRow[]
}

/** What callers have spent and asked for. In memory; a function of the entries it was given, in their order. */
export interface UsageBook {
  apply(entry: LedgerEntry): void
  /** Over all time. */
  total(keyId: string): Spent
  /** Over the days from `firstDay` on. */
  since(keyId: string, firstDay: number): Spent
  /** Of all keys, over all time. */
  account(): Spent
  /** Requests to free models on the UTC day of the instant, of all keys. */
  freeUsed(nowMs: number): number
  window(name: string): RateWindow
  /** Rows of the days kept, oldest day first. */
  rows(): readonly ActivityRow[]
  state(nowMs: number): BookState
}

/** Name of the window of free models, which all keys share. No key has it: ids of keys are hashes or `local`. */
export const freeWindow = 'free'

/** Days kept besides the current one: a month, and the 30 completed days of `GET /activity`. */
const keptDays = 31
const nothing: Spent = { charged: 0n, held: 0n }

/** Nothing spent. */
export const emptyBookState: BookState = Object.freeze({
  totals: new Map(),
  free: { day: 0, used: 0 },
  windows: new Map(),
  rows: [],
})

/** Makes a book that goes on from a state. Days long past are forgotten as newer entries come. */
export function createUsageBook(from: BookState = emptyBookState): UsageBook {
  const totals = new Map(from.totals)
  const windows = new Map([...from.windows].map(([name, times]) => [name, createRateWindow(times)]))
  const days = createDays(from.rows)
  let { free } = from
  let account = [...totals.values()].reduce(add, nothing)

  function windowOf(name: string): RateWindow {
    const known = windows.get(name) ?? createRateWindow()
    windows.set(name, known)
    return known
  }

  function admitted({ atMs, keyId, isTimed, isFree }: Admitted): void {
    if (isTimed) windowOf(keyId).add(atMs)
    if (!isFree) return
    windowOf(freeWindow).add(atMs)
    const day = dayOf(atMs)
    free = { day, used: free.day === day ? free.used + 1 : 1 }
  }

  function settled(entry: Settled): void {
    const spent = { charged: entry.charged ?? 0n, held: entry.held }
    totals.set(entry.keyId, add(totals.get(entry.keyId) ?? nothing, spent))
    account = add(account, spent)
    days.settle(entry, spent)
  }

  return Object.freeze<UsageBook>({
    apply: entry => (entry.kind === 'admitted' ? admitted(entry) : settled(entry)),
    total: keyId => totals.get(keyId) ?? nothing,
    since: days.since,
    account: () => account,
    freeUsed: nowMs => (free.day === dayOf(nowMs) ? free.used : 0),
    window: windowOf,
    rows: days.rows,
    state: nowMs => ({
      totals,
      free,
      windows: new Map([...windows].map(([name, window]) => [name, window.times(nowMs)])),
      rows: days.rows(),
    }),
  })
}

interface Day {
  readonly rows: Map<string, ActivityRow>
  readonly spent: Map<string, Spent>
}

function createDays(from: readonly ActivityRow[]) {
  const days = new Map<number, Day>()
  for (const row of from) put(row)

  function dayAt(number: number): Day {
    const known = days.get(number)
    if (known) return known
    const added: Day = { rows: new Map(), spent: new Map() }
    days.set(number, added)
    for (const old of days.keys()) {
      if (old < number - keptDays) days.delete(old)
    }
    return added
  }

  function put(row: ActivityRow): void {
    const day = dayAt(row.day)
    day.rows.set(rowName(row), row)
    day.spent.set(row.keyId, add(day.spent.get(row.keyId) ?? nothing, row))
  }

  function settle(entry: Settled, spent: Spent): void {
    const number = dayOf(entry.atMs)
    const day = dayAt(number)
    const name = rowName(entry)
    const before = day.rows.get(name)
    day.rows.set(name, {
      day: number,
      keyId: entry.keyId,
      model: entry.model,
      endpoint: entry.endpoint,
      provider: entry.provider,
      ...add(before ?? nothing, spent),
      requests: (before?.requests ?? 0) + 1,
      promptTokens: (before?.promptTokens ?? 0) + entry.promptTokens,
      completionTokens: (before?.completionTokens ?? 0) + entry.completionTokens,
      reasoningTokens: (before?.reasoningTokens ?? 0) + entry.reasoningTokens,
    })
    day.spent.set(entry.keyId, add(day.spent.get(entry.keyId) ?? nothing, spent))
  }

  function since(keyId: string, firstDay: number): Spent {
    let sum = nothing
    for (const [number, { spent }] of days) {
      if (number >= firstDay) sum = add(sum, spent.get(keyId) ?? nothing)
    }
    return sum
  }

  function rows(): readonly ActivityRow[] {
    const ordered = [...days].sort(([a], [b]) => a - b)
    return ordered.flatMap(([, day]) => Array.from(day.rows.values()))
  }
  return { settle, since, rows }
}

function rowName({ keyId, model, endpoint }: Pick<ActivityRow, 'keyId' | 'model' | 'endpoint'>): string {
  return `${keyId}\u0000${model}\u0000${endpoint}`
}

function add(a: Spent, b: Spent): Spent {
  return { charged: a.charged + b.charged, held: a.held + b.held }
}
