import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject, asText } from '../json.ts'
import { createCandidateDecoder } from './candidate-decoder.ts'
import { decodeErrorObject } from './error-body.ts'
import { blockedChoice, finishOf, headOf, logprobsOf } from './response-decoder.ts'
import { openaiUsage } from './usage.ts'

/** A whole response as a chat completion. Pure. */
export function decodeResponse(body: JsonObject): JsonObject {
  const error = asObject(body['error'])
  if (error) return { ...body, error: decodeErrorObject(error) }
  const usage = openaiUsage(body['usageMetadata'])
  const blocked = blockedChoice(body)
  const choices = asArray(body['candidates']).map((candidate, index) =>
    choiceOf(asObject(candidate) ?? {}, index, asText(body['responseId'])),
  )
  return {
    ...headOf(body),
    object: 'chat.completion',
    choices: blocked ? [withMessage(blocked)] : choices,
    ...(usage && { usage }),
  }
}

function choiceOf(candidate: JsonObject, index: number, responseId: string): JsonObject {
  const decoder = createCandidateDecoder(responseId)
  const delta = decoder.delta(asArray(asObject(candidate['content'])?.['parts']))
  const finish = finishOf(candidate, decoder.hasCalls())
  return withMessage({ index: candidate['index'] ?? index, delta, ...finish, ...logprobsOf(candidate) })
}

function withMessage({ delta, ...rest }: JsonObject): JsonObject {
  return { ...rest, message: { role: 'assistant', content: null, refusal: null, ...asObject(delta) } }
}
