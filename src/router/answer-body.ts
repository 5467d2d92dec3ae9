import type { JsonObject } from '../core/index.ts'
import type { Endpoint } from '../catalog/index.ts'
import { asArray, asObject, normaliseFinishReason } from '../wire/index.ts'
import type { AnswerIdentity } from './identity.ts'

/** Who answers: written over what the provider calls itself. */
export interface Signature extends AnswerIdentity {
  readonly endpoint: Endpoint
}

/** The whole answer of a request that was not streamed in OpenRouter's shape. Pure. */
export function answerBody(body: JsonObject, signature: Signature, usage: JsonObject | null): JsonObject {
  return {
    ...body,
    ...signed(signature),
    object: 'chat.completion',
    // Present even when null: OpenRouter's SDK refuses an answer without it.
    system_fingerprint: body['system_fingerprint'] ?? null,
    choices: asArray(body['choices']).map(choice =>
      patchChoice(choice, 'message', { reasoning: null, refusal: null }),
    ),
    usage,
  }
}

/** One chunk of a stream under our name; usage is taken out, it comes once at the end. Pure. */
export function chunkBody(data: JsonObject, signature: Signature): JsonObject {
  const { usage: _usage, ...rest } = data
  return {
    ...rest,
    ...signed(signature),
    object: 'chat.completion.chunk',
    choices: asArray(data['choices']).map(choice => patchChoice(choice, 'delta', {})),
  }
}

/** An answer that came whole although a stream was asked for, as one chunk. Pure. */
export function chunkOfBody(body: JsonObject, signature: Signature): JsonObject {
  return chunkBody({ ...body, choices: asArray(body['choices']).map(choiceAsDelta) }, signature)
}

function choiceAsDelta(choice: unknown, index: number): JsonObject {
  const { message, ...rest } = asObject(choice) ?? {}
  return { index, ...rest, delta: message ?? {} }
}

/** The last chunk: usage and metadata, no choices. Pure. */
export function closingChunk(signature: Signature, extra: JsonObject): JsonObject {
  return { ...signed(signature), object: 'chat.completion.chunk', choices: [], ...extra }
}

function signed({ id, created, endpoint }: Signature): JsonObject {
  return { id, created, model: endpoint.modelId, provider: endpoint.provider.name }
}

/** A choice with normalised finish reason; `part` is where its content is, completed by `defaults`. */
function patchChoice(choice: unknown, part: 'message' | 'delta', defaults: JsonObject): JsonObject {
  const fields = asObject(choice) ?? {}
  const native = textOrNull(fields['native_finish_reason']) ?? textOrNull(fields['finish_reason'])
  return {
    logprobs: null,
    ...fields,
    [part]: { ...defaults, ...withReasoning(asObject(fields[part]) ?? {}) },
    finish_reason: native === null ? null : normaliseFinishReason(native),
    native_finish_reason: native,
  }
}

/** OpenRouter's name for what many hosts call `reasoning_content`; the host's own field stays beside it. */
function withReasoning(message: JsonObject): JsonObject {
  const other = textOrNull(message['reasoning_content'])
  return other === null || message['reasoning'] !== undefined ? message : { ...message, reasoning: other }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
