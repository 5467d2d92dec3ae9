import type { Rng } from '../../core/index.ts'
import { fillerText } from './filler-text.ts'

type Schema = Readonly<Record<string, unknown>>

/** Nesting beyond which only required properties are filled, so that recursive schemas end. */
const deep = 4

/**
 * A small value that satisfies a simple JSON Schema: types, required and optional properties, enum, const,
 * items and `prefixItems`, bounds, whole `multipleOf`, lengths, the usual formats, `anyOf`/`oneOf` (first branch),
 * `allOf` (merged properties), local `$ref`. Not honoured: pattern, uniqueItems, conditional keywords. Pure.
 *
 * @param schema null: any object will do.
 */
export function jsonFor(schema: Schema | null, rng: Rng): unknown {
  if (schema === null) return { answer: fillerText(4, rng) }
  return valueOf(schema, { root: schema, rng, depth: 0 })
}

interface Place {
  readonly root: Schema
  readonly rng: Rng
  readonly depth: number
}

function valueOf(schema: Schema, place: Place): unknown {
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][place.rng.int(schema['enum'].length)]
  if (place.depth > 20) return null
  const other = elsewhere(schema, place.root)
  if (other) return valueOf(other, deeper(place))
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, place)
    case 'array':
      return arrayOf(schema, place)
    case 'integer':
    case 'number':
      return numberOf(schema, place.rng)
    case 'boolean':
      return place.rng.next() < 0.5
    case 'null':
      return null
    default:
      return stringOf(schema, place.rng)
  }
}

/** The schema that stands in for this one: a reference, the first alternative, or the parts of `allOf` merged. */
function elsewhere(schema: Schema, root: Schema): Schema | null {
  const ref = schema['$ref']
  if (typeof ref === 'string') return resolve(ref, root)
  const branches = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(branches)) return asSchema(branches[0])
  const parts = schema['allOf']
  if (!Array.isArray(parts)) return null
  const all = [{ ...schema, allOf: undefined }, ...parts.map(asSchema)]
  return {
    ...Object.assign({}, ...all),
    properties: Object.assign({}, ...all.map(part => part['properties'])),
    required: all.flatMap(part => (Array.isArray(part['required']) ? part['required'] : [])),
  }
}

function resolve(ref: string, root: Schema): Schema {
  let found: unknown = root
  for (const step of ref.replace(/^#\/?/, '').split('/').filter(Boolean)) found = asSchema(found)[step]
  return asSchema(found)
}

function typeOf(schema: Schema): unknown {
  const type = schema['type']
  if (Array.isArray(type)) return type[0]
  if (type !== undefined) return type
  if ('properties' in schema || 'required' in schema) return 'object'
  return 'items' in schema ? 'array' : 'string'
}

function objectOf(schema: Schema, place: Place): unknown {
  const properties = asSchema(schema['properties'])
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  const optional = place.depth < deep ? Object.keys(properties) : []
  const names = new Set([...optional, ...required])
  return Object.fromEntries(
    [...names].map(name => [name, valueOf(asSchema(properties[name]), deeper(place))]),
  )
}

function arrayOf(schema: Schema, place: Place): unknown {
  const fewest = numeric(schema['minItems']) ?? (place.depth < deep ? 1 : 0)
  const first: readonly unknown[] = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : []
  const most = numeric(schema['maxItems']) ?? Math.max(fewest, first.length)
  const length = Math.min(Math.max(fewest, first.length), most)
  return Array.from({ length }, (_, at) => valueOf(asSchema(first[at] ?? schema['items']), deeper(place)))
}

/** A whole number within the bounds; bounds without a whole number between them are not honoured. */
function numberOf(schema: Schema, rng: Rng): number {
  const [above, below] = [numeric(schema['exclusiveMinimum']), numeric(schema['exclusiveMaximum'])]
  const least = numeric(schema['minimum']) ?? (above === null ? null : Math.floor(above) + 1)
  const most = numeric(schema['maximum']) ?? (below === null ? null : Math.ceil(below) - 1)
  const step = Math.max(1, numeric(schema['multipleOf']) ?? 1)
  const from = Math.ceil((least ?? Math.min(1, (most ?? 1) - 9 * step)) / step)
  const to = Math.floor((most ?? (from + 9) * step) / step)
  return (from + rng.int(Math.max(1, to - from + 1))) * step
}

/** Examples of the formats that JSON Schema names; a format that is not here is not honoured. */
const formats: Readonly<Record<string, readonly string[]>> = {
  date: ['2026-03-14', '2025-11-02'],
  'date-time': ['2026-03-14T09:26:53Z', '2025-11-02T18:00:00Z'],
  time: ['09:26:53Z', '18:00:00Z'],
  duration: ['PT20M', 'P3D'],
  email: ['ada@example.org', 'tom@example.com'],
  hostname: ['example.org', 'shop.example.com'],
  ipv4: ['192.0.2.1', '198.51.100.7'],
  ipv6: ['2001:db8::1', '2001:db8::7'],
  uri: ['https://example.org/a', 'https://example.com/b'],
  uuid: ['7d444840-9dc0-11d1-b245-5ffdce74fad2', 'e902893a-9d22-3c7e-a7b8-d6e313b71d9f'],
}

function stringOf(schema: Schema, rng: Rng): string {
  const examples = typeof schema['format'] === 'string' ? formats[schema['format']] : undefined
  if (examples) return examples[rng.int(examples.length)] ?? ''
  const least = numeric(schema['minLength']) ?? 0
  const most = numeric(schema['maxLength']) ?? Math.max(least, 8)
  return fillerText(Math.max(2, Math.ceil((least + 1) / 4)), rng).slice(0, most)
}

function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 }
}

function numeric(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {}
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
