import type { JsonObject } from '../../core/index.ts'
import { normaliseFinishReason } from '../finish-reason.ts'
import { asArray, asObject, asText } from '../json.ts'
import type { StreamDecoder } from '../protocol.ts'
import { type CandidateDecoder, createCandidateDecoder } from './candidate-decoder.ts'
import { decodeErrorObject } from './error-body.ts'
import { openaiTier } from './service-tier.ts'
import { openaiUsage, tellsUsage } from './usage.ts'

/**
 * Decodes the responses of one stream. Each tells the usage so far: it is passed on with the finish reason and after it,
 * since before that it is less than what is billed.
 */
export function createResponseDecoder(): StreamDecoder {
  const candidates = new Map<number, CandidateDecoder>()
  /** As it came: it comes with every response, and is read once. */
  let counts: unknown = null
  let isFinished = false

  function choiceOf(value: unknown, head: JsonObject): JsonObject {
    const candidate = asObject(value) ?? {}
    const index = Number(candidate['index'] ?? 0)
    const decoder = candidates.get(index) ?? createCandidateDecoder(asText(head['id']))
    candidates.set(index, decoder)
    const delta = decoder.delta(asArray(asObject(candidate['content'])?.['parts']))
    return { index, delta, ...finishOf(candidate, decoder.hasCalls()), ...logprobsOf(candidate) }
  }

  function chunks(response: JsonObject): readonly JsonObject[] {
    const head = headOf(response)
    const error = asObject(response['error'])
    if (error) return [{ ...head, error: decodeErrorObject(error), choices: [] }]
    if (tellsUsage(response['usageMetadata'])) counts = response['usageMetadata']
    const blocked = blockedChoice(response)
    const choices = blocked
      ? [blocked]
      : asArray(response['candidates']).map(candidate => choiceOf(candidate, head))
    isFinished ||= choices.some(choice => choice['finish_reason'] !== null)
    const usage = isFinished ? openaiUsage(counts) : null
    return [{ ...head, object: 'chat.completion.chunk', choices, ...(usage && { usage }) }]
  }
  return { chunks, isOver: () => false }
}

/** Who answers. */
export function headOf(response: JsonObject): JsonObject {
  const { responseId: id, modelVersion: model } = response
  const tier = openaiTier(asObject(response['usageMetadata'])?.['serviceTier'])
  return { id, model, ...(tier !== undefined && { service_tier: tier }) }
}

/** How a candidate ended, in OpenAI's word and its own: also one that calls functions ends with `STOP`. */
export function finishOf(candidate: JsonObject, hasCalls: boolean): JsonObject {
  const native = asText(candidate['finishReason'])
  if (native === '') return { finish_reason: null }
  const reason = normaliseFinishReason(native)
  const finishReason = hasCalls && reason === 'stop' ? 'tool_calls' : reason
  return { finish_reason: finishReason, native_finish_reason: native }
}

/** The choice that stands for a prompt which was blocked, for which there are no candidates; null: it was not. */
export function blockedChoice({ promptFeedback, candidates }: JsonObject): JsonObject | null {
  const feedback = asObject(promptFeedback)
  const native = asText(feedback?.['blockReason'])
  if (native === '' || asArray(candidates).length > 0) return null
  const refusal = asText(feedback?.['blockReasonMessage'])
  const delta = refusal === '' ? {} : { refusal }
  return { index: 0, delta, finish_reason: 'content_filter', native_finish_reason: native }
}

/** Log probabilities in OpenAI's shape. */
export function logprobsOf({ logprobsResult }: JsonObject): JsonObject {
  const result = asObject(logprobsResult)
  if (!result) return {}
  const tops = asArray(result['topCandidates'])
  const content = asArray(result['chosenCandidates']).map((chosen, at) =>
    Object.assign(logprob(chosen), {
      top_logprobs: asArray(asObject(tops[at])?.['candidates']).map(logprob),
    }),
  )
  return { logprobs: { content, refusal: null } }
}

function logprob(value: unknown) {
  const candidate = asObject(value)
  const token = asText(candidate?.['token'])
  return { token, logprob: candidate?.['logProbability'], bytes: [...Buffer.from(token)] }
}
