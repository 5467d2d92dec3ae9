import { type CellResult, worst } from './cell.ts'
import type { Mode } from './mode.ts'

/** Columns of verdicts: how the caller asks, and whether a healthy endpoint exists. */
const columns: readonly (readonly [title: string, mode: Mode, hasHealthy: boolean])[] = [
  ['unary', 'unary', true],
  ['stream', 'stream', true],
  ['restart', 'stream, restart', true],
  ['resume', 'stream, resume', true],
  ['unary', 'unary', false],
  ['stream', 'stream', false],
  ['restart', 'stream, restart', false],
  ['resume', 'stream, resume', false],
]

/** The results as a table for people: a line for each fault, and what did not pass below. Pure. */
export function scorecard(results: readonly CellResult[]): string {
  const width = Math.max(...results.map(({ fault }) => fault.length))
  const lines = [...Map.groupBy(results, ({ fault }) => fault)].map(([fault, cells]) =>
    [fault.padEnd(width), ...columns.map(column => cellText(cells, column)), ...figures(cells)].join('  '),
  )
  const head = [
    `${' '.repeat(width)}  ${'healthy alternative'.padEnd(38)}  ${'none'.padEnd(38)}  with an alternative`,
    [
      'fault'.padEnd(width),
      ...columns.map(([title]) => title.padEnd(8)),
      'attempts',
      'rescue ms',
      'lost',
    ].join('  '),
  ]
  return [...head, ...lines, '', ...totals(results), ...reasonLines(results)].join('\n')
}

function cellText(cells: readonly CellResult[], [, mode, hasHealthy]: (typeof columns)[number]): string {
  const cell = cells.find(one => one.mode === mode && one.hasHealthy === hasHealthy)
  const verdict = cell?.verdict ?? ''
  return (verdict === 'fail' ? 'FAIL' : verdict).padEnd(8)
}

/** Attempts a request, time to the attempt that answered (p50/p95), and what lost attempts cost beside the others. */
function figures(cells: readonly CellResult[]): readonly string[] {
  const rescued = cells.filter(({ hasHealthy }) => hasHealthy)
  const { requests, attempts, answered, lost, rescueMs } = sums(rescued)
  const times = rescueMs.length === 0 ? '–' : `${quantile(rescueMs, 0.5)}/${quantile(rescueMs, 0.95)}`
  return [(attempts / requests).toFixed(2).padEnd(8), times.padEnd(9), percent(lost, answered)]
}

function sums(cells: readonly CellResult[]) {
  const sum = (of: (cell: CellResult) => number) => cells.reduce((total, cell) => total + of(cell), 0)
  return {
    requests: sum(({ requests }) => requests),
    attempts: sum(({ attempts }) => attempts),
    served: sum(({ served }) => served),
    answered: sum(({ billedUsd }) => billedUsd.answered),
    lost: sum(({ billedUsd }) => billedUsd.lost),
    rescueMs: cells.flatMap(({ rescueMs }) => rescueMs),
  }
}

function totals(results: readonly CellResult[]): readonly string[] {
  const trials = (verdict: 'pass' | 'partial' | 'fail') =>
    results.reduce((total, cell) => total + cell.trials[verdict], 0)
  const cells = (verdict: string) => results.filter(one => one.verdict === verdict).length
  const healthy = sums(results.filter(({ hasHealthy }) => hasHealthy))
  const replays = results.reduce((total, cell) => total + cell.replays, 0)
  const recoveryMs = results.flatMap(result => result.recoveryMs)
  return [
    `cells        ${cells('pass')} pass, ${cells('partial')} partial, ${cells('fail')} fail`,
    `trials       ${trials('pass')} pass, ${trials('partial')} partial, ${trials('fail')} fail`,
    `alternative  ${healthy.served} of ${healthy.requests} requests served, ${(healthy.attempts / healthy.requests).toFixed(2)} attempts a request`,
    `rescue       ${quantile(healthy.rescueMs, 0.5)} ms p50, ${quantile(healthy.rescueMs, 0.95)} ms p95 until the attempt that answered began`,
    ...(replays === 0
      ? []
      : [`replayed     ${replays} times a cell, since this machine stood still meanwhile`]),
    ...(recoveryMs.length === 0
      ? []
      : [
          `recovery     ${quantile(recoveryMs, 0.5)} ms p50, ${quantile(recoveryMs, 0.95)} ms p95 after the fault ended`,
        ]),
  ]
}

function reasonLines(results: readonly CellResult[]): readonly string[] {
  const bad = results.filter(({ verdict }) => verdict === 'fail')
  if (bad.length === 0) return []
  const lines = bad.flatMap(({ fault, mode, hasHealthy, reasons }) =>
    Object.entries(reasons).map(
      ([reason, count]) => `${fault}, ${mode}, ${hasHealthy ? 'alternative' : 'none'}: ${count} × ${reason}`,
    ),
  )
  return ['', 'failed', ...lines]
}

/** The verdict on the whole matrix. Pure. */
export function verdictOn(results: readonly CellResult[]) {
  return worst(results.map(({ verdict }) => verdict))
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0)
}

function percent(part: number, of: number): string {
  return of === 0 ? '–' : `${Math.round((part / of) * 100)} %`
}
