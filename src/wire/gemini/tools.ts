import type { JsonObject } from '../../core/index.ts'
import type { Departures } from '../departures.ts'
import { asArray, asObject, asText } from '../json.ts'
import { asksFor } from '../request-fields.ts'

/** Function declarations and how they are to be called; tools that are no functions are Gemini's own. Pure. */
export function encodeTools(fields: JsonObject, departures: Departures): JsonObject {
  const tools = asArray(fields['tools']).map(tool => asObject(tool) ?? {})
  if (tools.length === 0) return {}
  const functions = tools.filter(tool => asObject(tool['function']))
  const own = tools.filter(tool => !asObject(tool['function']))
  if (tools.some(tool => tool['cache_control'] !== undefined)) departures.leaveOut('cache_control')
  if (asksFor('parallel_tool_calls', fields['parallel_tool_calls']))
    departures.leaveOut('parallel_tool_calls')
  const declared = functions.map(tool => declarationOf(asObject(tool['function']) ?? {}))
  return {
    tools: [...(declared.length > 0 ? [{ functionDeclarations: declared }] : []), ...own],
    ...toolConfig(fields['tool_choice'], departures),
  }
}

/** The schema goes as JSON Schema: Gemini's own dialect has less. */
function declarationOf({ name, description, parameters }: JsonObject): JsonObject {
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(asObject(parameters) && { parametersJsonSchema: parameters }),
  }
}

const modes: Readonly<Record<string, string>> = { auto: 'AUTO', none: 'NONE', required: 'ANY' }

function toolConfig(choice: unknown, departures: Departures): JsonObject {
  if (choice === undefined || choice === null) return {}
  const name = asText(asObject(asObject(choice)?.['function'])?.['name'])
  if (name !== '') return calling({ mode: 'ANY', allowedFunctionNames: [name] })
  if (typeof choice === 'string' && Object.hasOwn(modes, choice)) return calling({ mode: modes[choice] })
  departures.leaveOut('tool_choice')
  return {}
}

function calling(config: JsonObject): JsonObject {
  return { toolConfig: { functionCallingConfig: config } }
}
