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
  const tokens = inputTokens + outputTokens
  if (tokens > endpoint.contextTokens) {
    return { rule: 'context_length', detail: `about ${tokens} tokens do not fit` }
  }
  if (outputTokens <= endpoint.maxOutputTokens) return null
  return { rule: 'max_tokens', detail: `${outputTokens} output tokens are too many` }
}
