import { plainText } from './plain-text.ts'
import type { ReportColumn, ReportTable } from './report-table.ts'

const gapWidth = 2

/** The table without its least important columns, as many as needed to fit `width` characters. Pure. */
export function fitColumns(table: ReportTable, width: number): ReportTable {
  const widths = table.columns.map((column, index) =>
    Math.max(
      ...headingOf(column)
        .split('\n')
        .map(line => line.length),
      ...table.rows.map(row => (row[index]?.text.length ?? 0) + (row[index]?.weak ? 1 : 0)),
    ),
  )
  const kept = table.columns.map((_, index) => index)
  while (kept.length > 1 && totalWidth(kept, widths) > width) {
    kept.splice(leastImportant(kept, table.columns), 1)
  }
  return {
    ...table,
    columns: table.columns.filter((_, index) => kept.includes(index)),
    rows: table.rows.map(row => row.filter((_, index) => kept.includes(index))),
  }
}

/** A column's heading: its group over its label with the unit. */
export function headingOf({ group, label, unit }: ReportColumn): string {
  const own = unit === '' ? label : `${label}, ${unit}`
  return group === '' ? plainText(own) : `${group}\n${own}`
}

function totalWidth(kept: readonly number[], widths: readonly number[]): number {
  return kept.reduce((sum, index) => sum + (widths[index] ?? 0) + gapWidth, -gapWidth)
}

/** Position in `kept` of the last column with the lowest rank. */
function leastImportant(kept: readonly number[], columns: readonly ReportColumn[]): number {
  const ranks = kept.map(index => columns[index]?.rank ?? 0)
  return ranks.lastIndexOf(Math.min(...ranks))
}
