import type { ReportCell, ReportColumn, ReportTable } from '../report-table.ts'
import { escapeHtml } from './escape-html.ts'

/** A table in a box of its own that scrolls sideways where the page is narrow. */
export function htmlTable({ columns, rows, title }: ReportTable): string {
  const body = rows.map(
    row => `<tr>${row.map((one, index) => cellOf(one, columns[index], index)).join('')}</tr>`,
  )
  return `<div class="scroll" role="region" aria-label="${escapeHtml(title)}" tabindex="0"><table>
<thead>${groupRow(columns)}<tr>${columns.map(headingOf).join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`
}

/** A text that links to its definition, when it has one. */
export function defined(text: string, metric: string): string {
  return metric === '' ? escapeHtml(text) : `<a class="def" href="#def-${metric}">${escapeHtml(text)}</a>`
}

/** Headings that span the columns of a group; none when no column has a group. */
function groupRow(columns: readonly ReportColumn[]): string {
  if (columns.every(({ group }) => group === '')) return ''
  const spans: { group: string; metric: string; unit: string; width: number }[] = []
  for (const { group, metric, unit } of columns) {
    const last = spans.at(-1)
    if (last && last.group === group) {
      last.width++
      last.unit ||= unit
    } else spans.push({ group, metric, unit, width: 1 })
  }
  const cells = spans.map(({ group, metric, unit, width }) =>
    group === ''
      ? `<td colspan="${width}"></td>`
      : `<th class="group" scope="colgroup" colspan="${width}">${defined(group, metric)}, ${unit}</th>`,
  )
  return `<tr class="groups">${cells.join('')}</tr>`
}

function headingOf({ group, label, unit, align, metric }: ReportColumn): string {
  const text = unit === '' || group !== '' ? label : `${label}, ${unit}`
  const inner = group === '' ? defined(text, metric) : escapeHtml(text)
  return `<th scope="col"${align === 'right' ? ' class="num"' : ''}>${inner}</th>`
}

function cellOf({ text, weak, metric }: ReportCell, column: ReportColumn | undefined, index: number): string {
  const classes = [column?.align === 'right' ? 'num' : '', weak ? 'weak' : ''].filter(Boolean).join(' ')
  const attributes = classes === '' ? '' : ` class="${classes}"`
  const inner = defined(text, metric)
  return index === 0 && column?.align === 'left'
    ? `<th scope="row"${attributes}>${inner}</th>`
    : `<td${attributes}>${inner}</td>`
}
