import { isObject, type JsonObject } from '../../core/index.ts'

/** Gemini's schema dialect as JSON Schema: type names in lower case, lengths as numbers, `nullable` as a type. Pure. */
export function jsonSchemaOf(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => name !== 'nullable')
      .map(([name, value]) => [name, memberOf(name, value)]),
  )
}

/** Members whose numbers come as text: they are 64-bit in the API. */
const counts = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

function memberOf(name: string, value: unknown): unknown {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase()
  if (counts.has(name)) return Number(value)
  if (name === 'properties' && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, schemaOrSelf(inner)]))
  if (name === 'anyOf' && Array.isArray(value)) return value.map(schemaOrSelf)
  return name === 'items' ? schemaOrSelf(value) : value
}

function schemaOrSelf(value: unknown): unknown {
  return isObject(value) ? jsonSchemaOf(value) : value
}
