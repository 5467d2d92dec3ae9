/** Rows in memory on their way to disk, bounded. */
export interface PendingRows {
  /** Takes a row; false when it would pass the bound. */
  push(row: string): boolean
  /** The oldest rows, at most `count`; they stay until `remove`. */
  first(count: number): readonly string[]
  /** Forgets the oldest rows. */
  remove(count: number): void
  size(): number
}

/** Makes an empty queue that holds at most `maxChars` characters. */
export function createPendingRows(maxChars: number): PendingRows {
  let rows: string[] = []
  let chars = 0

  function push(row: string): boolean {
    if (chars + row.length > maxChars) return false
    chars += row.length
    rows.push(row)
    return true
  }

  function remove(count: number): void {
    for (const row of rows.slice(0, count)) chars -= row.length
    rows = rows.slice(count)
  }
  return Object.freeze({
    push,
    first: (count: number) => rows.slice(0, count),
    remove,
    size: () => rows.length,
  })
}
