import type { RunSummary } from '../summary/run-summary.ts'

/** `summary.json`: the summary itself, indented, with a final newline. Pure. */
export function renderJson(summary: RunSummary): string {
  return `${JSON.stringify(summary, null, 2)}\n`
}
