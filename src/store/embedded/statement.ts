/** An INSERT whose rows follow it, cut where the rows' file can be named. */
export interface InsertHead {
  /** `INSERT INTO t (columns)`. */
  readonly target: string
  /** `SETTINGS … FORMAT X`. */
  readonly tail: string
  /** Length of the whole head in characters; the rows begin there. */
  readonly length: number
}

const insertHead =
  /^(\s*INSERT\s+INTO\s+(?:TABLE\s+)?(?:[\w`"]+\.)?[\w`"]+\s*(?:\([^)]*(?:\([^)]*\))?[^)]*\))?)(\s*(?:SETTINGS\s+[^;]*?\s)?\s*FORMAT\s+\w+)(?:[ \t]*;?[ \t]*(?:\r?\n|$)|\s+)/i

/** Reads the head of `INSERT INTO … FORMAT X` at the start of a text; null for every other statement. Pure. */
export function parseInsertHead(text: string): InsertHead | null {
  const match = insertHead.exec(text)
  const [whole, target, tail] = match ?? []
  if (whole === undefined || target === undefined || tail === undefined) return null
  return { target: target.trim(), tail: tail.trim(), length: whole.length }
}

/** The INSERT that reads its rows from a file of the engine's host. Pure. */
export function insertFromFile(head: InsertHead, path: string): string {
  return `${head.target} FROM INFILE ${quote(path)} ${head.tail}`
}

/** The format a statement asks for at its end; null when it names none. Pure. */
export function formatOf(sql: string): string | null {
  return /\bFORMAT\s+(\w+)\s*;?\s*(?:SETTINGS\s[^)]*)?$/i.exec(sql)?.[1] ?? null
}

/** A text as an SQL string literal. Pure. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
