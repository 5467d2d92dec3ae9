import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject, asText } from '../../wire/index.ts'

/** A chat answer, or one chunk of it, as a legacy text completion: `choices[].text`. Pure. */
export function completionBody(body: JsonObject): JsonObject {
  return { ...body, object: 'text_completion', choices: asArray(body['choices']).map(textChoice) }
}

function textChoice(choice: unknown): JsonObject {
  const { message, delta, ...rest } = asObject(choice) ?? {}
  const said = asObject(message) ?? asObject(delta) ?? {}
  const reasoning = asText(said['reasoning'])
  return { text: asText(said['content']), ...rest, ...(reasoning !== '' && { reasoning }) }
}
