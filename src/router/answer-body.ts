import type { Endpoint } from '../catalog/index.ts'
import type { JsonObject } from '../core/index.ts'
import { asArray, asObject, asText, normaliseFinishReason } from '../wire/index.ts'
import { choiceParts } from './choice-parts.ts'
import type { AnswerIdentity } from './identity.ts'

/** Who answers: written over what the provider calls itself. */
export interface Signature extends AnswerIdentity {
  readonly endpoint: Endpoint
}

/** The whole answer of a request that was not streamed in OpenRouter's shape. Pure. */
export function answerBody(body: JsonObject, signature: Signature, usage: JsonObject | null): JsonObject {
  const { usage: _usage, ...rest } = body
  return {
    ...rest,
    ...signed(signature, body),
    object: 'chat.completion',
    // Present even when null: OpenRouter's SDK refuses an answer without it.
    system_fingerprint: textOrNull(body['system_fingerprint']),
    choices: asArray(body['choices']).map((choice, index) => wholeChoice(choice, index)),
    // Left out when unknown: the same SDK refuses null.
    ...(usage && { usage }),
  }
}

/**
 * An answer that broke off before it was whole: what there is of it, with the error beside it (router contract,
 * section 3.3). Pure.
 */
export function brokenAnswerBody(body: JsonObject, signature: Signature, error: JsonObject): JsonObject {
  const { error: _error, ...rest } = answerBody(body, signature, null)
  return { ...rest, choices: asArray(rest['choices']).map(choice => brokenChoice(choice, error)) }
}

function brokenChoice(choice: unknown, error: JsonObject): JsonObject {
  return { ...asObject(choice), finish_reason: 'error', error }
}

/** One chunk of a stream under our name; usage is taken out, it comes once at the end. Pure. */
export function chunkBody(data: JsonObject, signature: Signature): JsonObject {
  const { usage: _usage, system_fingerprint: fingerprint, ...rest } = data
  return {
    ...rest,
    ...signed(signature, data),
    object: 'chat.completion.chunk',
    // Here the SDK takes text or nothing.
    ...(asText(fingerprint) !== '' && { system_fingerprint: fingerprint }),
    choices: asArray(data['choices']).map((choice, index) => chunkChoice(choice, index)),
  }
}

/** An answer that came whole although a stream was asked for, as one chunk. Pure. */
export function chunkOfBody(body: JsonObject, signature: Signature): JsonObject {
  return chunkBody({ ...body, choices: asArray(body['choices']).map(choiceAsDelta) }, signature)
}

function choiceAsDelta(choice: unknown): JsonObject {
  const { message, ...rest } = asObject(choice) ?? {}
  return { ...rest, delta: message ?? {} }
}

/** The last chunk: usage and metadata, no choices. Pure. */
export function closingChunk(signature: Signature, extra: JsonObject): JsonObject {
  return { ...signed(signature, {}), object: 'chat.completion.chunk', choices: [], ...extra }
}

/** `service_tier` is the provider's word, else the tier of the endpoint that served; null for the default one. */
function signed({ id, created, endpoint }: Signature, told: JsonObject): JsonObject {
  const tier = endpoint.tier === 'default' ? null : endpoint.tier
  return {
    id,
    created,
    model: endpoint.modelId,
    provider: endpoint.provider.name,
    service_tier: textOrNull(told['service_tier']) ?? tier,
  }
}

function wholeChoice(choice: unknown, index: number): JsonObject {
  const fields = asObject(choice) ?? {}
  const message = choiceParts.message(asObject(fields['message']) ?? {})
  return { ...choiceHead(fields, index), message }
}

function chunkChoice(choice: unknown, index: number): JsonObject {
  const fields = asObject(choice) ?? {}
  return { ...choiceHead(fields, index), delta: choiceParts.delta(asObject(fields['delta']) ?? {}) }
}

/** A choice with its place and a finish reason of OpenRouter's; the provider's own is beside it. */
function choiceHead(fields: JsonObject, index: number): JsonObject {
  const told = textOrNull(fields['finish_reason'])
  const native = textOrNull(fields['native_finish_reason']) ?? told
  return {
    index,
    logprobs: null,
    ...fields,
    finish_reason: native === null ? null : normaliseFinishReason(told ?? native),
    native_finish_reason: native,
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
