import { metricDefinitions } from '../../metric-definitions.ts'
import type { RunSummary } from '../../summary/run-summary.ts'
import { armsTable, armsTables } from '../arms-table.ts'
import { conservationSentence } from '../conservation-sentence.ts'
import { formatMoney } from '../format-value.ts'
import { errorsTable, failedChecksTable, fallbacksTable, stickyTable } from '../failure-tables.ts'
import { type HeadlineDetail, hasWeakNumber, headlineNumbers, runLine } from '../headline.ts'
import type { ReportTable } from '../report-table.ts'
import { endpointsTable, servedTable } from '../report-tables.ts'
import { stateSpansTable } from '../state-tables.ts'
import { verdictOf } from '../verdict.ts'
import { weakMark, weakNote } from '../weak-quantile.ts'
import { costChart } from './cost-chart.ts'
import { drawChart } from './draw-chart.ts'
import { escapeHtml } from './escape-html.ts'
import { defined, htmlTable } from './html-table.ts'
import { pageStyle } from './page-style.ts'
import { slowRequests } from './slow-requests.ts'
import { statesChart } from './states-chart.ts'
import { distributionChart, rangeCharts } from './spread-charts.ts'
import { timeCharts } from './time-charts.ts'

/**
 * A report as one HTML file: style and charts inside, no script, nothing loaded from anywhere.
 * Pure; the same summary gives the same bytes.
 */
export function renderHtml(summary: RunSummary): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escapeHtml(summary.scenario)} · ${escapeHtml(summary.runId)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${heading(summary)}
${tiles(summary)}
${arms(summary)}
${section(endpointsTable(summary))}
${section(servedTable(summary))}
${charts(summary)}
${section(stateSpansTable(summary))}
${failures(summary)}
${slowest(summary)}
${definitions()}
${colophon(summary)}
</main>
</body>
</html>
`
}

function heading(summary: RunSummary): string {
  const { tone, sentence, losses } = verdictOf(summary)
  const lost = losses.map(loss => `<p class="loss">${escapeHtml(loss)}</p>`).join('')
  const list = summary.validity.reasons.map(reason => `<li>${escapeHtml(reason)}</li>`).join('')
  return `<header>
<h1>${escapeHtml(summary.scenario)}</h1>
<p class="sub">Run <code>${escapeHtml(summary.runId)}</code> · ${escapeHtml(runLine(summary))}</p>
<div class="verdict ${tone}"><p><b>${escapeHtml(sentence)}</b></p>${lost}
${list === '' ? '' : `<ul>${list}</ul>`}<p class="note">${escapeHtml(conservationSentence(summary.conservation))}</p></div>
</header>`
}

function tiles(summary: RunSummary): string {
  const numbers = headlineNumbers(summary)
  const items = numbers.map(
    ({ label, value, weak, details, metric }) =>
      `<div><dt>${defined(label, metric)}</dt><dd class="value">${marked({ text: value, weak })}</dd><dd class="detail">${detailsOf(details)}</dd></div>`,
  )
  const foot = hasWeakNumber(numbers) ? `<p class="note">${weakMark} ${weakNote}</p>` : ''
  return `<dl class="tiles">${items.join('\n')}</dl>${foot}`
}

/** Each in a box of its own, so that lines break between them. */
function detailsOf(details: readonly HeadlineDetail[]): string {
  return details
    .map((detail, index) => `<span>${marked(detail)}${index < details.length - 1 ? ',' : ''}</span>`)
    .join(' ')
}

/** Grey alone would not show beside grey. */
function marked({ text, weak }: HeadlineDetail): string {
  return weak ? `<span class="weak">${escapeHtml(text)}${weakMark}</span>` : escapeHtml(text)
}

function section(table: ReportTable, tag: 'h2' | 'h3' = 'h2'): string {
  if (table.rows.length === 0) return ''
  const note = table.note === '' ? '' : `<p class="note">${escapeHtml(table.note)}</p>`
  return `<section id="${table.id}"><${tag}>${escapeHtml(table.title)}</${tag}>${note}${htmlTable(table)}${footOf(table)}</section>`
}

function footOf({ rows, foot }: ReportTable): string {
  const isWeak = rows.some(row => row.some(({ weak }) => weak))
  const notes = [isWeak ? `Grey: ${weakNote}` : '', foot].filter(text => text !== '')
  return notes.map(text => `<p class="note">${escapeHtml(text)}</p>`).join('')
}

/** Short tables beside each other instead of a long one; the first fills up with what follows it. */
function arms(summary: RunSummary): string {
  const whole = armsTable(summary)
  const [success, cost, time] = armsTables(summary).map(table => htmlTable(table))
  return `<section id="arms"><h2>${whole.title}</h2><p class="note">${escapeHtml(whole.note)}</p>
<div class="cols"><div>${success}${cost}</div><div>${time}${footOf(whole)}</div></div></section>`
}

function charts(summary: RunSummary): string {
  const all = [
    ...timeCharts(summary),
    ...statesChart(summary),
    ...rangeCharts(summary),
    ...distributionChart(summary),
    ...costChart(summary),
  ]
  if (all.length === 0) return ''
  return `<section id="charts"><h2>Charts</h2><div class="charts">${all.map(drawChart).join('\n')}</div></section>`
}

function failures(summary: RunSummary): string {
  const errors = errorsTable(summary)
  const shown =
    errors.rows.length > 0
      ? section(errors)
      : `<section id="errors"><h2>${errors.title}</h2><p class="note">${escapeHtml(errors.note)}</p></section>`
  const sides = [fallbacksTable(summary), stickyTable(summary), failedChecksTable(summary)]
    .map(table => section(table, 'h3'))
    .filter(Boolean)
  return sides.length === 0 ? shown : `${shown}<div class="cols uneven">${sides.join('\n')}</div>`
}

function slowest({ slowest: requests }: RunSummary): string {
  if (requests.length === 0) return ''
  return `<section id="slowest"><h2>Slowest requests</h2>
<p class="note">One time scale for all: pale until the first token, full while the answer came, red where an attempt failed.</p>
${slowRequests(requests)}</section>`
}

function definitions(): string {
  const items = metricDefinitions.map(
    ({ id, name, formula, unit, exclusions }) =>
      `<dt id="def-${id}">${escapeHtml(name)}</dt><dd><b>${escapeHtml(formula)}</b> (${escapeHtml(unit)}). Left out: ${escapeHtml(exclusions)}.</dd>`,
  )
  return `<section id="definitions"><h2>Definitions</h2><dl class="defs">${items.join('\n')}</dl></section>`
}

/** What is needed to make the run again. */
function colophon({ run, totalCostUsd, status }: RunSummary): string {
  const facts = [
    ['Status', status],
    ['Cost of the whole run', totalCostUsd === null ? '' : `${formatMoney(totalCostUsd)}, warm-up included`],
    ['routebench', run.harnessVersion],
    ['Node', run.nodeVersion],
    ['Host', run.host],
    ['Event-loop delay p99', run.loopDelayP99Ms === null ? '' : `${run.loopDelayP99Ms} ms`],
    ['Scenario hash', run.scenarioHash],
    ['Plan hash', run.planHash],
    ...Object.entries(run.labels),
  ]
  const items = facts
    .filter(([, value]) => value !== '')
    .map(([name = '', value = '']) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
  return `<section id="run"><h2>This run</h2><dl class="defs">${items.join('\n')}</dl></section>`
}
