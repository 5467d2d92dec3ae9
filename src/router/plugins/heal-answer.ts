import { jsonrepair } from 'jsonrepair'
import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject, asText, normaliseFinishReason, parseJson } from '../../wire/index.ts'
import type { PipelineStage } from './pipeline-stage.ts'

/** Whether the request asks for an answer in JSON, which is when healing applies. Pure. */
export function wantsJson(body: JsonObject): boolean {
  const type = asObject(body['response_format'])?.['type']
  return type === 'json_object' || type === 'json_schema'
}

/**
 * Repairs the JSON in the message of every choice: code fences, missing brackets and commas, unquoted keys. Text that
 * is JSON already, or cannot be made JSON, stays as it is. Pure.
 *
 * @returns the answer and what was done; `stage` null: nothing.
 */
export function healAnswer(answer: JsonObject): {
  readonly answer: JsonObject
  readonly stage: PipelineStage | null
} {
  const choices = asArray(answer['choices'])
  const healed = choices.map(healChoice)
  const count = healed.filter((choice, index) => choice !== choices[index]).length
  if (count === 0) return { answer, stage: null }
  return {
    answer: { ...answer, choices: healed },
    stage: {
      type: 'response_healing',
      name: 'response-healing',
      summary: `repaired the JSON of ${count} of ${choices.length} choices`,
      data: { choices: count },
    },
  }
}

function healChoice(choice: unknown): unknown {
  const fields = asObject(choice)
  const message = asObject(fields?.['message'])
  const content = message?.['content']
  // What was cut off at its limit is not broken but unfinished: closing its brackets would make up an answer.
  if (typeof content !== 'string' || content === '' || wasCutOff(fields)) return choice
  const repaired = healText(content)
  return repaired === content ? choice : { ...fields, message: { ...message, content: repaired } }
}

/** Hosts have names of their own for it. */
function wasCutOff(choice: JsonObject | null): boolean {
  return normaliseFinishReason(asText(choice?.['finish_reason'])) === 'length'
}

/** The text as JSON where it can be made so, else as it is. Pure. */
function healText(text: string): string {
  if (parseJson(text) !== undefined) return text
  const body = /```(?:json)?\s*([\s\S]*?)\s*(?:```|$)/i.exec(text)?.[1] ?? text
  // Repair makes a JSON string of any prose; only what looks like an object or a list is meant to be one.
  if (!/^\s*[{[]/.test(body)) return text
  try {
    const repaired = jsonrepair(body)
    return parseJson(repaired) === undefined ? text : repaired
  } catch {
    // Beyond repair.
    return text
  }
}
