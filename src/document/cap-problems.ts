import type { Problem } from '../core/index.ts'

/** More problems than this are counted, not told. */
export const maxProblems = 100

/**
 * The first hundred problems; when there are more, one further line says how many. Pure.
 *
 * @param total How many there are, where not all of them have been worked out.
 */
export function capProblems(problems: readonly Problem[], total = problems.length): readonly Problem[] {
  const next = problems[maxProblems] ?? problems.at(-1)
  if (!next || total <= maxProblems) return problems
  const message = `and ${total - maxProblems} more problems from here on`
  return [...problems.slice(0, maxProblems), { ...next, column: 1, rule: 'more-problems', message }]
}
