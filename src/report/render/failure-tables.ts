import type { RunSummary } from '../summary/run-summary.ts'
import { absent, formatCount, formatPercent } from './format-value.ts'
import { cell, numberColumn, type ReportTable, textColumn } from './report-table.ts'

/** Failures by class: first what callers saw, then what attempts met. */
export function errorsTable({ errors, arms }: RunSummary): ReportTable {
  const isCompared = Object.keys(arms).length > 1
  return {
    id: 'errors',
    title: 'Failures',
    note:
      errors.length === 0
        ? 'None.'
        : 'Failed requests are what callers saw; failed attempts include rescued ones.',
    foot: '',
    columns: [
      textColumn('Seen by'),
      textColumn('Type'),
      numberColumn('Count', { rank: 8 }),
      numberColumn('Share', { metric: 'error-share', rank: 8 }),
      textColumn('Blamed on', { rank: 6 }),
      textColumn('Provider', { rank: 7 }),
      ...(isCompared ? [textColumn('Arm', { rank: 7 })] : []),
    ],
    rows: errors.map(error => [
      cell(error.grain === 'request' ? 'caller' : 'attempt'),
      cell(error.errorType),
      cell(formatCount(error.count)),
      cell(formatPercent(error.share)),
      cell(error.fault.replace('_', ' ')),
      cell(error.provider || absent),
      ...(isCompared ? [cell(error.arm)] : []),
    ]),
  }
}

/** Checks that successful requests failed; without rows when none did. */
export function failedChecksTable({ failedChecks, arms }: RunSummary): ReportTable {
  const isCompared = Object.keys(arms).length > 1
  return {
    id: 'failed-checks',
    title: 'Failed checks',
    note: 'Successful requests by the first of their checks that failed: its kind and place.',
    foot: '',
    columns: [
      textColumn('Check'),
      numberColumn('Requests', { metric: 'checks-passed', rank: 8 }),
      ...(isCompared ? [textColumn('Arm', { rank: 7 })] : []),
    ],
    rows: failedChecks.map(({ check, count, arm }) => [
      cell(check),
      cell(formatCount(count)),
      ...(isCompared ? [cell(arm)] : []),
    ]),
  }
}

/** Where requests went when their first endpoint did not answer. */
export function fallbacksTable({ fallbacks }: RunSummary): ReportTable {
  return {
    id: 'fallbacks',
    title: 'Fallbacks',
    note: '',
    foot: '',
    columns: [
      textColumn('From'),
      textColumn('To'),
      numberColumn('Requests', { rank: 8 }),
      textColumn('Because of'),
    ],
    rows: fallbacks.map(flow => [
      cell(flow.from),
      cell(flow.to || 'nobody: the request failed'),
      cell(formatCount(flow.count)),
      cell(flow.cause || absent),
    ]),
  }
}

/** Requests by what sticky routing did. */
export function stickyTable({ sticky }: RunSummary): ReportTable {
  const routed = Object.values(sticky).reduce((sum, count) => sum + count, 0)
  return {
    id: 'sticky',
    title: 'Sticky routing',
    note: '',
    foot: '',
    columns: [textColumn('State'), numberColumn('Requests', { rank: 8 }), numberColumn('Share', { rank: 8 })],
    rows: Object.entries(sticky).map(([state, count]) => [
      cell(state.replace('_', ': ')),
      cell(formatCount(count)),
      cell(formatPercent(routed === 0 ? null : count / routed)),
    ]),
  }
}
