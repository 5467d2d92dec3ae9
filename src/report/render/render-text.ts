import { styleText } from 'node:util'
import Table from 'cli-table3'
import type { RunSummary } from '../summary/run-summary.ts'
import { armsTable } from './arms-table.ts'
import { conservationSentence } from './conservation-sentence.ts'
import { fitColumns, headingOf, plainText } from './fit-columns.ts'
import { headlineNumbers, runLine, verdictSentence } from './headline.ts'
import type { ReportTable } from './report-table.ts'
import { endpointsTable, errorsTable, fallbacksTable, servedTable, slowestTable } from './report-tables.ts'

/** How text is laid out. */
export interface TextOptions {
  /** Columns of the terminal; table columns of lower rank are left out until a table fits. */
  readonly width: number
  readonly color: boolean
}

/** A terminal shows the head of a long table; the other formats have all of it. */
const mostRows = 8

type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string

/** No frame: columns stand apart by two spaces, one rule under the heading. */
const borders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** A report for a terminal. Pure; with `color: false` it has no escape codes. */
export function renderText(summary: RunSummary, { width, color }: TextOptions): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text)
  const tables = [
    armsTable(summary),
    endpointsTable(summary),
    servedTable(summary),
    errorsTable(summary),
    fallbacksTable(summary),
    slowestTable(summary),
  ].filter(({ rows }) => rows.length > 0)
  const parts = [
    heading(summary, paint),
    headline(summary, paint),
    ...tables.map(table => block(table, width, paint)),
  ]
  return `${parts.join('\n\n')}\n`
}

function heading(summary: RunSummary, paint: Paint): string {
  const { verdict, reasons } = summary.validity
  const tone = ({ valid: 'green', invalid: 'red', unknown: 'yellow' } as const)[verdict]
  return [
    `${paint('bold', plainText(summary.scenario))}  ${paint('dim', summary.runId)}`,
    paint('dim', plainText(runLine(summary))),
    paint(tone, verdictSentence(summary)),
    ...reasons.map(reason => `  - ${plainText(reason)}`),
    paint('dim', conservationSentence(summary.conservation)),
  ].join('\n')
}

function headline(summary: RunSummary, paint: Paint): string {
  const numbers = headlineNumbers(summary)
  const labelWidth = Math.max(...numbers.map(({ label }) => label.length))
  const valueWidth = Math.max(...numbers.map(({ value }) => value.length))
  return numbers
    .map(({ label, value, detail }) => {
      const number = paint('bold', value.padStart(valueWidth))
      return `${label.padEnd(labelWidth)}  ${number}  ${paint('dim', detail)}`
    })
    .join('\n')
}

function block(table: ReportTable, width: number, paint: Paint): string {
  const shown = table.id === 'arms' ? table.rows : table.rows.slice(0, mostRows)
  const { columns, rows } = fitColumns({ ...table, rows: shown }, width)
  const view = new Table({
    chars: borders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: columns.map(({ align }) => align),
    head: columns.map(column => paint('dim', headingOf(column))),
  })
  view.push(
    ...rows.map(row =>
      row.map(({ text, weak }) => (weak ? paint('dim', `${plainText(text)}°`) : plainText(text))),
    ),
  )
  const lines = view
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '')
  const left = table.rows.length - shown.length
  const more = left > 0 ? [paint('dim', `… and ${left} more in report.html`)] : []
  return [paint('bold', table.title), ...lines, ...more].join('\n')
}
