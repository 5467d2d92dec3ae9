import type { JsonObject } from '../../core/index.ts'
import type { Departures } from '../departures.ts'
import { asObject, asText } from '../json.ts'

/** Tools with their schemas; those that are no functions are Anthropic's own and go as they are. Pure. */
export function encodeTools(tools: readonly unknown[]): JsonObject {
  return tools.length > 0 ? { tools: tools.map(encodeTool) } : {}
}

function encodeTool(tool: unknown): unknown {
  const fields = asObject(tool)
  const declared = asObject(fields?.['function'])
  if (!fields || !declared) return tool
  const { name, description, parameters, strict } = declared as { readonly [field: string]: unknown }
  const mark = fields['cache_control'] ?? declared['cache_control']
  return {
    name,
    ...(typeof description === 'string' && { description }),
    input_schema: { type: 'object', ...(asObject(parameters) ?? { properties: {} }) },
    ...(strict === true && { strict }),
    ...(mark !== undefined && { cache_control: mark }),
  }
}

/** Which tools may or must be called, and whether several at once. Pure but for the departures it notes. */
export function encodeToolChoice(fields: JsonObject, departures: Departures): JsonObject {
  const hasTools = Array.isArray(fields['tools']) && fields['tools'].length > 0
  const isSingle = fields['parallel_tool_calls'] === false
  if (!hasTools) return {}
  const choice = choiceOf(fields['tool_choice'])
  if (choice === 'unknown') departures.leaveOut('tool_choice')
  if (choice === null || choice === 'unknown') {
    return isSingle ? { tool_choice: { type: 'auto', disable_parallel_tool_use: true } } : {}
  }
  const isAble = choice['type'] !== 'none'
  return { tool_choice: { ...choice, ...(isSingle && isAble && { disable_parallel_tool_use: true }) } }
}

const types: Readonly<Record<string, string>> = { auto: 'auto', none: 'none', required: 'any' }

/** null: nothing asked for. */
function choiceOf(choice: unknown): JsonObject | 'unknown' | null {
  if (choice === undefined || choice === null) return null
  if (typeof choice === 'string') return Object.hasOwn(types, choice) ? { type: types[choice] } : 'unknown'
  const name = asText(asObject(asObject(choice)?.['function'])?.['name'])
  return name === '' ? 'unknown' : { type: 'tool', name }
}
