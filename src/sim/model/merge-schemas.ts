import type { Schema } from './fits-schema.ts'

/** Bounds of which the higher, and of which the lower one holds when two schemas have both. */
const higher = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
const lower = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']

/** One schema that says what all of these say, as far as generating a value goes. Pure. */
export function mergeSchemas(schemas: readonly Schema[]): Schema {
  return schemas.reduce(merged, {})
}

function merged(one: Schema, other: Schema): Schema {
  const all: Record<string, unknown> = { ...one, ...other }
  for (const name of higher) bound(all, name, { one, other, pick: Math.max })
  for (const name of lower) bound(all, name, { one, other, pick: Math.min })
  const properties = { ...schemaOf(one['properties']) }
  for (const [name, schema] of Object.entries(schemaOf(other['properties'])))
    properties[name] = name in properties ? merged(schemaOf(properties[name]), schemaOf(schema)) : schema
  if (Object.keys(properties).length > 0) all['properties'] = properties
  const required = [...listOf(one['required']), ...listOf(other['required'])]
  if (required.length > 0) all['required'] = [...new Set(required)]
  const [mine, theirs] = [one['enum'], other['enum']]
  if (Array.isArray(mine) && Array.isArray(theirs)) all['enum'] = mine.filter(value => theirs.includes(value))
  const [type, otherType] = [listOf(one['type']), listOf(other['type'])]
  const types = type.filter(name => otherType.includes(name))
  if (types.length > 0) all['type'] = types.length === 1 ? types[0] : types
  return all
}

interface Pair {
  readonly one: Schema
  readonly other: Schema
  readonly pick: (a: number, b: number) => number
}

function bound(all: Record<string, unknown>, name: string, { one, other, pick }: Pair): void {
  const [mine, theirs] = [one[name], other[name]]
  if (typeof mine === 'number' && typeof theirs === 'number') all[name] = pick(mine, theirs)
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function schemaOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
