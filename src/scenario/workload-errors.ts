import { formatProblem, type Problem, UserError } from '../core/index.ts'

/** A workload file that cannot be played as it is. */
export function traceInvalid(file: string, problems: readonly Problem[]): UserError {
  return new UserError(`${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`, {
    code: 'E_TRACE_INVALID',
    hint: 'Correct the lines named below; docs/scenario.md describes the file forms.',
    problems: problems.map(formatProblem),
  })
}

/** A scenario that asks for what its workload does not have. */
export function workloadMismatch(message: string, hint: string): UserError {
  return new UserError(message, { code: 'E_SCENARIO_INVALID', hint })
}
