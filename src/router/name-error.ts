import type { NameProblem } from '../policy/index.ts'
import { type ApiError, apiError } from './api-error.ts'
import { toldOfRules } from './excluded-by.ts'

/**
 * The error for a name that leads to no model. Clients match on the end of the first message and on the whole of the
 * one about pools. Pure.
 */
export function nameError(problem: NameProblem, requestedModels: readonly string[]): ApiError {
  const name = told(problem.name)
  const asked = { requestedModels: requestedModels.map(told), excludedBy: [] }
  switch (problem.kind) {
    case 'unknown':
      return {
        ...apiError('invalid_request', `${name} is not a valid model ID`),
        availability: { code: 'model_not_found', ...asked, fallbackModels: problem.closest },
      }
    case 'free_ended':
      return {
        ...apiError(
          'no_endpoints',
          `No endpoints found for ${name}. ${problem.paid} is there, but not for free`,
        ),
        availability: { code: 'free_variant_ended', ...asked, fallbackModels: [problem.paid] },
      }
    case 'unsupported':
      return apiError(
        'invalid_request',
        `model: ${name} needs the web plugin for :${problem.variant}, which this router does not have`,
      )
    case 'pool_empty':
      return emptyPool(problem, asked)
    default:
      return problem satisfies never
  }
}

function emptyPool(
  { name, rule }: Extract<NameProblem, { kind: 'pool_empty' }>,
  asked: { readonly requestedModels: readonly string[] },
): ApiError {
  const { excludedBy, field } = rule === null ? { excludedBy: null, field: null } : toldOfRules[rule]
  const isOurs = rule === null || field === null
  return {
    ...apiError('no_endpoints', 'No models match your request and model restrictions'),
    availability: {
      ...asked,
      code: isOurs ? 'no_endpoints' : 'constraint_filtered',
      excludedBy: excludedBy === null ? [] : [excludedBy],
      ...(field !== null && { constraint: { field, detail: `no model of ${name} is left` } }),
    },
  }
}

/** A name of the caller's as far as an error repeats it. */
function told(name: string): string {
  return name.slice(0, 200)
}
