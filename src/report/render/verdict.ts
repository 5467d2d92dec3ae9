import type { RunFacts, RunSummary } from '../summary/run-summary.ts'
import { formatCount } from './format-value.ts'

/** What a run says of itself, before any number. */
export interface Verdict {
  readonly tone: 'valid' | 'warning' | 'invalid'
  readonly sentence: string
  /** What was lost on the way; a line each. */
  readonly losses: readonly string[]
}

/** The run's verdict on itself. A run in which nothing succeeded never looks good, however well it was measured. Pure. */
export function verdictOf(summary: RunSummary): Verdict {
  const losses = lossesOf(summary.run)
  const { validity, status } = summary
  if (validity.verdict === 'invalid') {
    return { tone: 'invalid', sentence: 'Invalid: do not decide anything on these numbers.', losses }
  }
  if (validity.verdict === 'unknown') {
    return { tone: 'warning', sentence: `Not judged: the run did not finish (status ${status}).`, losses }
  }
  if (summary.outcomes.ok === 0) {
    const lack = summary.requests === 0 ? 'no request was measured' : 'no request succeeded'
    return { tone: 'warning', sentence: `Valid as a measurement, but ${lack}.`, losses }
  }
  return { tone: 'valid', sentence: 'Valid: the run kept its own bounds.', losses }
}

function lossesOf({ recordsDropped, spansDropped }: RunFacts): readonly string[] {
  const lost = (count: number | null, what: string, where: string) =>
    count !== null && count > 0 ? [`Dropped ${what}: ${formatCount(count)}. They are missing ${where}.`] : []
  return [
    ...lost(recordsDropped, 'records', 'from every number here'),
    ...lost(spansDropped, 'spans', 'from traces; the numbers here do not need them'),
  ]
}
