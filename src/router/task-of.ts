import { decodeHeaderText } from '../wire/index.ts'

/** Headers of a call, in lower case. */
export type CallHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** What a caller says of the job behind a request. */
export interface TaskOfCall {
  /** Empty: not said. */
  readonly task: string
  /** null: not said. */
  readonly latencyBudgetMs: number | null
}

/** The result of reading them; `problem` names the header or field. */
export type TaskResult =
  | { readonly ok: true; readonly task: TaskOfCall }
  | { readonly ok: false; readonly problem: string }

const taskHeader = 'x-routebench-task'
const budgetHeader = 'x-routebench-latency-budget-ms'
const longestTask = 200

/**
 * The task and the latency budget of a request: the headers `x-routebench-task` and `x-routebench-latency-budget-ms`,
 * else `task` and `latency_budget_ms` of the body's `metadata`. A budget that is no positive number of milliseconds is
 * a problem: routing by another one would not be what the caller asked for. Pure.
 */
export function taskOf(
  headers: CallHeaders,
  metadata: Readonly<Record<string, string>> | null | undefined,
): TaskResult {
  const told = (name: string) => decodeHeaderText(String(headers[name] ?? ''))
  const task = (told(taskHeader) || (metadata?.['task'] ?? '')).slice(0, longestTask)
  const inHeader = told(budgetHeader)
  const budget = inHeader || (metadata?.['latency_budget_ms'] ?? '')
  if (budget === '') return { ok: true, task: { task, latencyBudgetMs: null } }
  const latencyBudgetMs = Number(budget)
  if (Number.isFinite(latencyBudgetMs) && latencyBudgetMs > 0)
    return { ok: true, task: { task, latencyBudgetMs } }
  const field = inHeader === '' ? 'metadata.latency_budget_ms' : budgetHeader
  return { ok: false, problem: `${field}: expected milliseconds, such as 500` }
}
