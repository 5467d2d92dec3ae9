import { styleText } from 'node:util'
import Table from 'cli-table3'
import type { RunSummary } from '../summary/run-summary.ts'
import { armsTable } from './arms-table.ts'
import { conservationSentence } from './conservation-sentence.ts'
import { fitColumns, headingOf } from './fit-columns.ts'
import { errorsTable, failedChecksTable, fallbacksTable } from './failure-tables.ts'
import { hasWeakNumber, headlineNumbers, runLine } from './headline.ts'
import { plainText } from './plain-text.ts'
import type { ReportCell, ReportTable } from './report-table.ts'
import { endpointsTable, servedTable, slowestTable } from './report-tables.ts'
import { stateSpansTable, statesTable } from './state-tables.ts'
import { verdictOf } from './verdict.ts'
import { weakMark, weakNote } from './weak-quantile.ts'
import { wrapText } from './wrap-text.ts'

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
    statesTable(summary),
    stateSpansTable(summary),
    errorsTable(summary),
    failedChecksTable(summary),
    fallbacksTable(summary),
    slowestTable(summary),
  ].filter(({ rows }) => rows.length > 0)
  const isMarked =
    hasWeakNumber(headlineNumbers(summary)) || tables.some(({ rows }) => rows.flat().some(({ weak }) => weak))
  const parts = [
    heading(summary, paint),
    headline(summary, paint),
    ...tables.map(table => block(table, width, paint)),
    ...(isMarked ? [paint('dim', `${weakMark} ${weakNote}`)] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function heading(summary: RunSummary, paint: Paint): string {
  const { tone, sentence, losses } = verdictOf(summary)
  const color = ({ valid: 'green', invalid: 'red', warning: 'yellow' } as const)[tone]
  return [
    `${paint('bold', plainText(summary.scenario))}  ${paint('dim', summary.runId)}`,
    paint('dim', plainText(runLine(summary))),
    paint(color, sentence),
    ...losses.map(loss => paint('yellow', loss)),
    ...summary.validity.reasons.map(reason => `  - ${plainText(reason)}`),
    paint('dim', conservationSentence(summary.conservation)),
  ].join('\n')
}

function headline(summary: RunSummary, paint: Paint): string {
  const numbers = headlineNumbers(summary)
  const labelWidth = Math.max(...numbers.map(({ label }) => label.length))
  const valueWidth = Math.max(...numbers.map(number => marked({ ...number, text: number.value }).length))
  return numbers
    .map(({ label, value, weak, details }) => {
      const number = paint('bold', marked({ text: value, weak }).padStart(valueWidth))
      return `${label.padEnd(labelWidth)}  ${number}  ${paint('dim', details.map(marked).join(', '))}`
    })
    .join('\n')
}

/** Text with the mark of a weak number. */
function marked({ text, weak }: Pick<ReportCell, 'text' | 'weak'>): string {
  return weak ? `${plainText(text)}${weakMark}` : plainText(text)
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
  view.push(...rows.map(row => row.map(one => (one.weak ? paint('dim', marked(one)) : marked(one)))))
  const lines = view
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '')
  const left = table.rows.length - shown.length
  const more = left > 0 ? [paint('dim', `… and ${left} more in report.html`)] : []
  const foot = table.foot === '' ? [] : wrapText(table.foot, width).map(line => paint('dim', line))
  return [paint('bold', table.title), ...lines, ...more, ...foot].join('\n')
}
