import type { Model } from '../../catalog/index.ts'
import type { JsonObject } from '../../core/index.ts'
import { pricingBody } from './pricing-body.ts'
import { shownEndpoint } from './shown-endpoint.ts'

/** What `GET /models` and `GET /model/…` tell of a model; docs/router.md says what is never known. Pure. */
export function modelBody(model: Model): JsonObject {
  const shown = shownEndpoint(model)
  return {
    ...modelHead(model),
    canonical_slug: model.id,
    hugging_face_id: null,
    knowledge_cutoff: null,
    expiration_date: null,
    context_length: model.contextTokens,
    pricing: shown ? pricingBody(shown.price) : { prompt: '0', completion: '0' },
    top_provider: {
      context_length: shown?.contextTokens ?? model.contextTokens,
      max_completion_tokens: shown?.maxOutputTokens ?? model.maxOutputTokens,
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: [...new Set(model.endpoints.flatMap(e => [...e.supportedParameters]))].toSorted(),
    default_parameters: null,
    supported_voices: null,
    links: { details: `/api/v1/models/${model.id}/endpoints` },
  }
}

/** The part that the bodies of a model and of its endpoints have in common. Pure. */
export function modelHead(model: Model): JsonObject {
  const { id, name, inputModalities, outputModalities, tokenizer } = model
  return {
    id,
    name,
    created: createdSeconds(model),
    description: '',
    architecture: {
      input_modalities: [...inputModalities],
      output_modalities: [...outputModalities],
      tokenizer,
      instruct_type: null,
      modality: `${inputModalities.join('+')}->${outputModalities.join('+')}`,
    },
  }
}

/** Unix seconds of the day the model came out; 0 when that is not known. Pure. */
export function createdSeconds({ created }: Model): number {
  return created === null ? 0 : Date.parse(created) / 1000
}
