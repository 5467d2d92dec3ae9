import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject } from '../json.ts'

/** Stands for a count that cannot be right: what reads it finds the whole usage invalid. */
const wrong = Number.NaN

/**
 * Gemini's usage in OpenAI's shape. `promptTokenCount` contains cached tokens, `candidatesTokenCount` leaves out the
 * thoughts, and what the provider's own tools read into the prompt stands apart. A count of zero is left out there.
 *
 * @returns null where there is no usage. Pure.
 */
export function openaiUsage(value: unknown): JsonObject | null {
  const usage = asObject(value)
  if (!usage || (usage['promptTokenCount'] === undefined && usage['totalTokenCount'] === undefined))
    return null
  const prompt = countOf(usage['promptTokenCount']) + countOf(usage['toolUsePromptTokenCount'])
  const thoughts = countOf(usage['thoughtsTokenCount'])
  const answer = countOf(usage['candidatesTokenCount'])
  const total = usage['totalTokenCount'] ?? prompt + answer + thoughts
  // Of what adds up only otherwise, we do not know who is right.
  const adds = total === prompt + answer + thoughts
  return {
    prompt_tokens: adds ? prompt : wrong,
    completion_tokens: answer + thoughts,
    total_tokens: total,
    prompt_tokens_details: {
      cached_tokens: countOf(usage['cachedContentTokenCount']),
      audio_tokens: ofModality(usage['promptTokensDetails'], 'AUDIO'),
      image_tokens: ofModality(usage['promptTokensDetails'], 'IMAGE'),
    },
    completion_tokens_details: {
      reasoning_tokens: thoughts,
      audio_tokens: ofModality(usage['candidatesTokensDetails'], 'AUDIO'),
    },
  }
}

/** Whether there are counts: Vertex tells a `trafficType` alone on the way. Pure. */
export function tellsUsage(value: unknown): boolean {
  const usage = asObject(value)
  return usage?.['promptTokenCount'] !== undefined || usage?.['totalTokenCount'] !== undefined
}

function ofModality(details: unknown, modality: string): number {
  const found = asArray(details)
    .map(asObject)
    .filter(detail => detail?.['modality'] === modality)
  return found.reduce((sum, detail) => sum + countOf(detail?.['tokenCount']), 0)
}

function countOf(value: unknown): number {
  if (value === undefined || value === null) return 0
  return typeof value === 'number' ? value : wrong
}
