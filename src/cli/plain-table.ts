import Table from 'cli-table3'

/** A table without colours, for a terminal or a pipe. */
export function plainTable(head: readonly string[]): Table.Table {
  return new Table({ head: [...head], style: { head: [], border: [], compact: true } })
}
