import type { Rng } from '../../core/index.ts'
import { fillerText } from './filler-text.ts'
import type { CheckerOf, Schema } from './fits-schema.ts'
import { mergeSchemas } from './merge-schemas.ts'
import { patternText } from './pattern-text.ts'

/** Nesting beyond which only required properties are filled, so that recursive schemas end. */
const deep = 4
/** How often another value is tried where one does not fit. */
const maxTries = 12
/** From which try on only what is required is filled: what is optional may be what does not fit. */
const bareTries = 8

/** A value made for a schema. */
export interface JsonAnswer {
  readonly value: unknown
  /** Whether it fits, checked; a schema may have no value that fits, or none that is found. */
  readonly isFit: boolean
}

/** What a value is made with. */
export interface JsonMeans {
  readonly rng: Rng
  readonly checkerOf: CheckerOf
}

/**
 * A small value for a JSON Schema: types, properties, enum, const, items, bounds, `multipleOf`, lengths, simple
 * patterns, the usual formats, unique items, `contains`, alternatives, `allOf`, conditions, local references. Each
 * value is checked, and others are tried where it does not fit. Pure but for what the checker remembers.
 *
 * @param schema null: any object will do.
 */
export function jsonFor(schema: Schema | null, { rng, checkerOf }: JsonMeans): JsonAnswer {
  if (schema === null) return { value: { answer: fillerText(4, rng) }, isFit: true }
  const { fits } = checkerOf(schema)
  const first = valueOf(schema, { root: schema, rng, depth: 0, attempt: 0 })
  if (fits(first)) return { value: first, isFit: true }
  for (let attempt = 1; attempt < maxTries; attempt++) {
    const value = valueOf(schema, { root: schema, rng: rng.fork(`try/${attempt}`), depth: 0, attempt })
    if (fits(value)) return { value, isFit: true }
  }
  return { value: first, isFit: false }
}

interface Place {
  readonly root: Schema
  readonly rng: Rng
  readonly depth: number
  /** Which try it is: the first takes first alternatives, later ones draw them. */
  readonly attempt: number
}

function valueOf(schema: Schema, place: Place): unknown {
  if ('const' in schema) return schema['const']
  const values = schema['enum']
  if (Array.isArray(values)) return values[place.rng.int(values.length)]
  if (place.depth > 20) return null
  const other = elsewhere(schema, place)
  if (other) return valueOf(other, deeper(place))
  switch (typeOf(schema, place)) {
    case 'object':
      return objectOf(schema, place)
    case 'array':
      return arrayOf(schema, place)
    case 'integer':
      return numberOf({ ...schema, multipleOf: schema['multipleOf'] ?? 1 }, place.rng)
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

/** The schema that stands in for this one: with its reference, an alternative, its parts or a branch of its condition. */
function elsewhere(schema: Schema, { root, rng, attempt }: Place): Schema | null {
  const {
    $ref: ref,
    anyOf,
    oneOf,
    allOf,
    if: condition,
    then,
    else: otherwise,
    ...rest
  } = schema as {
    readonly [name: string]: unknown
  }
  const parts: unknown[] = []
  if (typeof ref === 'string') parts.push(resolve(ref, root))
  for (const branches of [anyOf, oneOf])
    if (Array.isArray(branches)) parts.push(branches[attempt === 0 ? 0 : rng.int(branches.length)])
  if (Array.isArray(allOf)) parts.push(...allOf)
  if (condition !== undefined)
    parts.push(...(attempt % 2 === 0 ? [condition, then ?? {}] : [otherwise ?? {}]))
  return parts.length === 0 ? null : mergeSchemas([rest, ...parts.map(asSchema)])
}

function resolve(ref: string, root: Schema): Schema {
  let found: unknown = root
  for (const step of ref.replace(/^#\/?/, '').split('/').filter(Boolean)) found = asSchema(found)[step]
  return asSchema(found)
}

function typeOf(schema: Schema, { rng, attempt }: Place): unknown {
  const type = schema['type']
  if (Array.isArray(type)) return type[attempt === 0 ? 0 : rng.int(type.length)]
  if (type !== undefined) return type
  if ('properties' in schema || 'required' in schema) return 'object'
  if ('items' in schema || 'prefixItems' in schema) return 'array'
  return ['minimum', 'maximum', 'multipleOf'].some(name => name in schema) ? 'number' : 'string'
}

function objectOf(schema: Schema, place: Place): unknown {
  const properties = asSchema(schema['properties'])
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  const isBare = place.depth >= deep || place.attempt >= bareTries
  const names = new Set([...(isBare ? [] : Object.keys(properties)), ...required])
  const extra = asSchema(schema['additionalProperties'])
  const members = [...names].map(name => [name, valueOf(asSchema(properties[name] ?? extra), deeper(place))])
  const missing = (numeric(schema['minProperties']) ?? 0) - members.length
  for (let at = 1; at <= Math.min(missing, 100); at++)
    members.push([`extra${at}`, valueOf(extra, deeper(place))])
  return Object.fromEntries(members)
}

function arrayOf(schema: Schema, place: Place): unknown {
  const fewest = numeric(schema['minItems']) ?? (place.depth < deep && place.attempt < bareTries ? 1 : 0)
  const first: readonly unknown[] = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : []
  const contained = 'contains' in schema ? 1 : 0
  const most = numeric(schema['maxItems']) ?? Math.max(fewest, first.length, contained)
  const length = Math.min(Math.max(fewest, first.length, contained), most, 1000)
  const items: unknown[] = []
  for (let at = 0; at < length; at++) {
    const own = asSchema(first[at] ?? schema['items'])
    const isContained = contained === 1 && at === first.length
    const item = isContained ? mergeSchemas([own, asSchema(schema['contains'])]) : own
    items.push(schema['uniqueItems'] === true ? unlike(items, item, place) : valueOf(item, deeper(place)))
  }
  return items
}

/** A value that is not among others, as far as one is found soon. */
function unlike(others: readonly unknown[], schema: Schema, place: Place): unknown {
  const known = new Set(others.map(other => JSON.stringify(other)))
  let value = valueOf(schema, deeper(place))
  for (let at = 1; at <= 20 && known.has(JSON.stringify(value)); at++)
    value = valueOf(schema, deeper({ ...place, rng: place.rng.fork(`other/${others.length}/${at}`) }))
  return value
}

/** A number within the bounds: a multiple of its step, 1 unless the bounds leave no whole number. */
function numberOf(schema: Schema, rng: Rng): number {
  const { least, most, step, from, to } = stepsOf(schema)
  if (to < from && !('multipleOf' in schema) && least !== null && most !== null) return (least + most) / 2
  // Twelve digits, so that steps like 0.1 give what people would write; 0.3 ÷ 0.1 is no whole number all the same.
  const drawn = () => Number(((from + rng.int(Math.max(1, to - from + 1))) * step).toPrecision(12))
  let value = drawn()
  for (let tries = 0; tries < 20 && !Number.isInteger(value / step); tries++) value = drawn()
  return value
}

/** The bounds, and the first and last of the steps between them. */
function stepsOf(schema: Schema) {
  const [above, below] = [numeric(schema['exclusiveMinimum']), numeric(schema['exclusiveMaximum'])]
  const least = highest(numeric(schema['minimum']), above)
  const most = lowest(numeric(schema['maximum']), below)
  const step = Math.abs(numeric(schema['multipleOf']) ?? 1) || 1
  const low = least ?? Math.min(step, (most ?? step) - 9 * step)
  const from = Math.ceil(low / step)
  const first = from * step === above ? from + 1 : from
  const to = Math.floor((most ?? (first + 9) * step) / step)
  return { least, most, step, from: first, to: to * step === below ? to - 1 : to }
}

function highest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}

function lowest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
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
  if (typeof schema['pattern'] === 'string') return patternText(schema['pattern'], rng)
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
