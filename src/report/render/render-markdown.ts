import { metricDefinitions } from '../metric-definitions.ts'
import type { RunSummary } from '../summary/run-summary.ts'
import { armsTable } from './arms-table.ts'
import { conservationSentence } from './conservation-sentence.ts'
import { headlineNumbers, runLine, verdictSentence } from './headline.ts'
import type { ReportCell, ReportColumn, ReportTable } from './report-table.ts'
import {
  endpointsTable,
  errorsTable,
  fallbacksTable,
  servedTable,
  slowestTable,
  stickyTable,
} from './report-tables.ts'

const weakMark = '°'

/** A report for a pull request or a file: GitHub Markdown, no HTML. Pure. */
export function renderMarkdown(summary: RunSummary): string {
  const tables = [
    armsTable(summary),
    endpointsTable(summary),
    servedTable(summary),
    errorsTable(summary),
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
  const head = `**${verdictSentence(summary)}** ${escape(conservationSentence(summary.conservation))}`
  return reasons.length === 0 ? head : `${head}\n\n${reasons.join('\n')}`
}

function headline(summary: RunSummary): string {
  const lines = headlineNumbers(summary).map(
    ({ label, value, detail }) => `| ${escape(label)} | **${escape(value)}** | ${escape(detail)} |`,
  )
  return ['| | | |', '|---|---:|---|', ...lines].join('\n')
}

function section({ title, note, columns, rows }: ReportTable): string {
  const heading = `## ${title}`
  const intro = note === '' ? [] : [note]
  if (rows.length === 0) return [heading, ...intro].join('\n\n')
  const weak = rows.some(row => row.some(cell => cell.weak))
  const head = `| ${columns.map(headingOf).join(' | ')} |`
  const rule = `|${columns.map(({ align }) => (align === 'right' ? '---:' : '---')).join('|')}|`
  const body = rows.map(row => `| ${row.map(textOf).join(' | ')} |`)
  const foot = weak ? [`${weakMark} too few values: little more than the maximum.`] : []
  return [heading, ...intro, [head, rule, ...body].join('\n'), ...foot].join('\n\n')
}

function headingOf({ group, label, unit }: ReportColumn): string {
  return escape([group, label].filter(Boolean).join(' ') + (unit === '' ? '' : `, ${unit}`))
}

const textOf = ({ text, weak }: ReportCell) => escape(weak ? `${text}${weakMark}` : text)

function definitions(): string {
  const lines = metricDefinitions.map(
    ({ name, formula, unit, exclusions }) => `- **${name}** (${unit}): ${formula}. Left out: ${exclusions}.`,
  )
  return ['## Definitions', lines.join('\n')].join('\n\n')
}

/** Scenario names and error types come from outside: they must not become markup or end a table cell. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ')
}
