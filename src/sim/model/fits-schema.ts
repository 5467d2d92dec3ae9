import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { messageOf } from '../../core/index.ts'

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>

/** The usual formats, as far as an answer has to look like them. */
const formats: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  time: /^\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/,
  duration: /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/,
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  hostname: /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  ipv6: /^[0-9a-f:.]+$/i,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
}

/** Dialects that clients write besides the newest: tuples are otherwise there. */
const olderDialect = /draft-0[67]/

/** What checks values against one schema. */
export interface SchemaCheck {
  /** What is wrong with the schema itself, in words; null: nothing. */
  readonly fault: string | null
  /** Whether a value fits; nothing fits a schema that is wrong. */
  fits(value: unknown): boolean
}

/** Gives what checks values against a schema. */
export type CheckerOf = (schema: Schema) => SchemaCheck

/** Schemas whose checks are remembered; all are forgotten beyond that. */
const maxSchemas = 200

/** Makes checks and remembers them by the text of their schema, as compiling one takes milliseconds. */
export function createCheckers(): CheckerOf {
  const known = new Map<string, SchemaCheck>()
  return schema => {
    const key = JSON.stringify(schema)
    const found = known.get(key)
    if (found) return found
    const made = checkOf(schema)
    if (known.size >= maxSchemas) known.clear()
    known.set(key, made)
    return made
  }
}

function checkOf(schema: Schema): SchemaCheck {
  try {
    // One for each schema: two of them may have the same $id.
    const Dialect = olderDialect.test(String(schema['$schema'])) ? Ajv : Ajv2020
    const ajv = new Dialect({ strict: false, logger: false, formats: { ...formats } })
    const validate = ajv.compile(schema)
    return { fault: null, fits: value => validate(value) }
  } catch (thrown) {
    return { fault: messageOf(thrown), fits: () => false }
  }
}
