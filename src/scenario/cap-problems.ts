import type { Problem } from '../core/index.ts'

/** More problems than this are counted, not told. */
const maxProblems = 100

/** The first hundred problems; when there are more, one further line says how many. Pure. */
export function capProblems(problems: readonly Problem[]): readonly Problem[] {
  const next = problems[maxProblems]
  if (!next) return problems
  const message = `and ${problems.length - maxProblems} more problems from here on`
  return [...problems.slice(0, maxProblems), { ...next, column: 1, rule: 'more-problems', message }]
}
