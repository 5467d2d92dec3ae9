import { z } from 'zod'
import { formatUsd, type PicoUsd, parseUsd } from '../../core/index.ts'
import { parseJson } from '../../wire/index.ts'
import type { ActivityRow, BookState, LedgerEntry } from './usage-book.ts'

/** Of the files; another one is refused instead of misread. */
const formatVersion = 1

const count = z.int().min(0)
const amount = z.string().transform((text, context) => {
  const usd = parseUsd(text)
  if (usd !== null) return usd
  context.addIssue({ code: 'custom', message: 'no amount of USD' })
  return z.NEVER
})
const spent = { charged: amount, held: amount }
const served = {
  keyId: z.string(),
  model: z.string(),
  endpoint: z.string(),
  provider: z.string(),
  promptTokens: count,
  completionTokens: count,
  reasoningTokens: count,
}

const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('admitted'),
    atMs: count,
    keyId: z.string(),
    isTimed: z.boolean(),
    isFree: z.boolean(),
  }),
  z.object({ kind: z.literal('settled'), atMs: count, ...served, charged: amount.nullable(), held: amount }),
])
const rowSchema = z.object({ day: count, ...served, ...spent, requests: count })
const headSchema = z.object({
  version: z.literal(formatVersion),
  /** Sequence of the first journal whose entries are not in the snapshot. */
  journal: count,
  /** Lines that follow. */
  rows: count,
  totals: z.record(z.string(), z.object(spent)),
  free: z.object({ day: count, used: count }),
  windows: z.record(z.string(), z.array(z.number())),
})

/** An entry as one line of a journal, without its newline. Pure. */
export function encodeEntry(entry: LedgerEntry): string {
  return JSON.stringify(entry, moneyAsText)
}

/** Reads a line of a journal; null when it is none. Pure. */
export function parseEntry(line: string): LedgerEntry | null {
  return entrySchema.safeParse(parseJson(line)).data ?? null
}

/** A book on disk: its state, and the sequence of the first journal whose entries are not in it. */
export interface Snapshot {
  readonly state: BookState
  readonly journal: number
}

/**
 * A book as the lines of a snapshot: totals first, then one line for each row of activity. Pure.
 *
 * @param rowTexts remembers rows already encoded. Rows never change, so only those of today are new.
 */
export function encodeSnapshot(
  { state, journal }: Snapshot,
  rowTexts: WeakMap<ActivityRow, string> = new WeakMap(),
): string {
  const head = {
    version: formatVersion,
    journal,
    rows: state.rows.length,
    totals: Object.fromEntries(state.totals),
    free: state.free,
    windows: Object.fromEntries(state.windows),
  }
  const textOf = (row: ActivityRow) => {
    const text = rowTexts.get(row) ?? JSON.stringify(row, moneyAsText)
    rowTexts.set(row, text)
    return text
  }
  return `${[JSON.stringify(head, moneyAsText), ...state.rows.map(textOf)].join('\n')}\n`
}

/** Reads a snapshot; null when it is damaged or of another version. Pure. */
export function parseSnapshot(text: string): Snapshot | null {
  const [headLine = '', ...rowLines] = text.split('\n').filter(line => line !== '')
  const head = headSchema.safeParse(parseJson(headLine)).data
  const rows = rowLines.map(line => rowSchema.safeParse(parseJson(line)).data)
  const whole = rows.filter(row => row !== undefined)
  if (head?.rows !== whole.length) return null
  const totals = new Map(Object.entries(head.totals))
  const windows = new Map(Object.entries(head.windows))
  return { state: { totals, free: head.free, windows, rows: whole }, journal: head.journal }
}

function moneyAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? formatUsd(value satisfies PicoUsd) : value
}
