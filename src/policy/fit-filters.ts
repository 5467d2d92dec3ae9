import type { Endpoint } from '../catalog/index.ts'
import type { FilterPlan } from './filter-plan.ts'
import { supports } from './parameters.ts'
import type { Refusal } from './refusal.ts'

/** Refuses an endpoint that cannot do what the request needs: parameters, kinds of input, length. Pure. */
export function refusedByFit(endpoint: Endpoint, plan: FilterPlan): Refusal | null {
  for (const name of plan.required) {
    if (!supports(endpoint, name)) return { rule: 'require_parameters', detail: `does not support ${name}` }
  }
  for (const parameter of plan.decisive) if (!supports(endpoint, parameter.rule)) return parameter
  for (const kind of plan.modalities) {
    if (!endpoint.inputModalities.includes(kind)) {
      return { rule: 'modality', detail: `does not take ${kind} input` }
    }
  }
  return refusedByLength(endpoint, plan)
}

function refusedByLength(endpoint: Endpoint, { inputTokens, outputTokens }: FilterPlan): Refusal | null {
  const { contextTokens, maxOutputTokens } = endpoint
  const tooLong = (tokens: number): Refusal => ({
    rule: 'context_length',
    detail: `about ${tokens} tokens do not fit`,
  })
  if (inputTokens > contextTokens) return tooLong(inputTokens)
  // No prompt, however short, would make room for that much: shortening the messages is no way out.
  const most = Math.min(maxOutputTokens, contextTokens - 1)
  if (outputTokens > most) {
    return { rule: 'max_tokens', detail: `max_tokens ${outputTokens} is too large, the most is ${most}` }
  }
  return inputTokens + outputTokens > contextTokens ? tooLong(inputTokens + outputTokens) : null
}
