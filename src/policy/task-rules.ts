import { isObject } from '../core/index.ts'
import { matchesAnyGlob } from './glob.ts'
import type { TaskRule } from './routing-tables.ts'

/** What rules look at. */
export interface TaskOfRequest {
  /** Name of the task; empty: none was named. */
  readonly task: string
  /** Time the caller has for the answer; null: not stated. */
  readonly latencyBudgetMs: number | null
  /** Names of models as the caller wrote them. */
  readonly models: readonly string[]
}

/** The first rule that matches; null: none. Pure. */
export function matchRule(rules: readonly TaskRule[], request: TaskOfRequest): TaskRule | null {
  return rules.find(({ when }) => holds(when, request)) ?? null
}

function holds(when: TaskRule['when'], { task, latencyBudgetMs, models }: TaskOfRequest): boolean {
  if (when.task.length > 0 && !matchesAnyGlob(task, when.task)) return false
  if (when.models.length > 0 && !models.some(name => matchesAnyGlob(name, when.models))) return false
  if (when.latencyBudgetMs === null) return true
  return latencyBudgetMs !== null && latencyBudgetMs <= when.latencyBudgetMs
}

/** Ways to say who goes first: one of them in a request closes the question. */
const orderingFields = ['order', 'sort'] as const
const sortingVariant = /:(?:nitro|floor|exacto)$/

/**
 * The `provider` object of a request with the fields of a rule where the request leaves them open: absent or null.
 * Who goes first is one question, so a rule's `order` and `sort` both give way to either of the request's, and to a
 * variant that sorts. A `provider` that is no object is left as it is. Pure.
 *
 * @param models Names of models as the caller wrote them.
 */
export function withRule(provider: unknown, rule: TaskRule | null, models: readonly string[]): unknown {
  if (rule === null) return provider
  if (provider !== undefined && provider !== null && !isObject(provider)) return provider
  const given = Object.entries(provider ?? {}).filter(([, value]) => value !== null && value !== undefined)
  const own: Readonly<Record<string, unknown>> = Object.fromEntries(given)
  const isOrdered = orderingFields.some(name => name in own) || models.some(name => sortingVariant.test(name))
  const { order: _order, sort: _sort, ...unordered } = rule.provider
  return { ...(isOrdered ? unordered : rule.provider), ...own }
}
