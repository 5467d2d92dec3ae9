import { metricDefinitions } from '../metric-definitions.ts'
import type { RunSummary } from '../summary/run-summary.ts'
import { armsTable } from './arms-table.ts'
import { conservationSentence } from './conservation-sentence.ts'
import { errorsTable, failedChecksTable, fallbacksTable, stickyTable } from './failure-tables.ts'
import { hasWeakNumber, headlineNumbers, runLine } from './headline.ts'
import { plainText } from './plain-text.ts'
import type { ReportCell, ReportColumn, ReportTable } from './report-table.ts'
import { endpointsTable, servedTable, slowestTable } from './report-tables.ts'
import { stateSpansTable, statesTable } from './state-tables.ts'
import { verdictOf } from './verdict.ts'
import { weakMark, weakNote } from './weak-quantile.ts'

/** A report for a pull request or a file: GitHub Markdown, no HTML. Pure. */
export function renderMarkdown(summary: RunSummary): string {
  const tables = [
    armsTable(summary),
    endpointsTable(summary),
    servedTable(summary),
    statesTable(summary),
    stateSpansTable(summary),
    errorsTable(summary),
    failedChecksTable(summary),
    fallbacksTable(summary),
    stickyTable(summary),
    slowestTable(summary),
  ].filter(({ rows, note, id }) => rows.length > 0 || (id === 'errors' && note !== ''))
  const parts = [
    `# ${escape(summary.scenario)}`,
    `Run \`${summary.runId}\` · ${escape(runLine(summary))}`,
    verdict(summary),
    headline(summary),
    ...tables.map(section),
    definitions(),
  ]
  return `${parts.join('\n\n')}\n`
}

function verdict(summary: RunSummary): string {
  const reasons = summary.validity.reasons.map(reason => `- ${escape(reason)}`)
  const { sentence, losses } = verdictOf(summary)
  const head = `**${sentence}** ${escape(conservationSentence(summary.conservation))}`
  const lost = losses.map(loss => `**${escape(loss)}**`)
  return [head, ...lost, reasons.join('\n')].filter(part => part !== '').join('\n\n')
}

function headline(summary: RunSummary): string {
  const numbers = headlineNumbers(summary)
  const lines = numbers.map(
    ({ label, value, weak, details }) =>
      `| ${escape(label)} | **${textOf({ text: value, weak })}** | ${details.map(textOf).join(', ')} |`,
  )
  const foot = hasWeakNumber(numbers) ? ['', weakFoot] : []
  return ['| | | |', '|---|---:|---|', ...lines, ...foot].join('\n')
}

const weakFoot = `${weakMark} ${weakNote}`

function section({ title, note, foot, columns, rows }: ReportTable): string {
  const heading = `## ${title}`
  const intro = note === '' ? [] : [note]
  if (rows.length === 0) return [heading, ...intro].join('\n\n')
  const weak = rows.some(row => row.some(cell => cell.weak))
  const head = `| ${columns.map(headingOf).join(' | ')} |`
  const rule = `|${columns.map(({ align }) => (align === 'right' ? '---:' : '---')).join('|')}|`
  const body = rows.map(row => `| ${row.map(textOf).join(' | ')} |`)
  const feet = [weak ? weakFoot : '', escape(foot)].filter(part => part !== '')
  return [heading, ...intro, [head, rule, ...body].join('\n'), ...feet].join('\n\n')
}

function headingOf({ group, label, unit }: ReportColumn): string {
  return escape([group, label].filter(Boolean).join(' ') + (unit === '' ? '' : `, ${unit}`))
}

const textOf = ({ text, weak }: Pick<ReportCell, 'text' | 'weak'>) =>
  escape(weak ? `${text}${weakMark}` : text)

function definitions(): string {
  const lines = metricDefinitions.map(
    ({ name, formula, unit, exclusions }) => `- **${name}** (${unit}): ${formula}. Left out: ${exclusions}.`,
  )
  return ['## Definitions', lines.join('\n')].join('\n\n')
}

/** Scenario names and error types come from outside: they must not become markup or end a table cell. */
function escape(text: string): string {
  return plainText(text)
    .replaceAll(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`)
    .replaceAll(/\s+/g, ' ')
}
