import { Ajv } from 'ajv'
import { isObject, type JsonObject, messageOf } from '../core/index.ts'
import { type Finding, type Path, valueAt } from '../document/index.ts'

/** Looks at one assertion. */
export type CheckRules = (check: unknown, path: Path) => readonly Finding[]

/**
 * Makes the rules for the assertions of one file: what is wrong with one beyond its shape, an expression or
 * a schema that does not compile. The rules are pure; they are made once per file because ajv is slow to make.
 */
export function createCheckRules(): CheckRules {
  let ajv: Ajv | null = null
  return (check, path) => {
    const pattern = valueAt(check, ['pattern'])
    const flags = valueAt(check, ['flags']) ?? ''
    const schema = valueAt(check, ['schema'])
    if (typeof pattern === 'string' && typeof flags === 'string')
      return regexFindings({ pattern, flags, path })
    if (!isObject(schema)) return []
    // Formats are notes here: ajv knows none of them without a further package.
    ajv ??= new Ajv({ strictTypes: false, strictTuples: false, validateFormats: false, logger: false })
    return schemaFindings(ajv, schema, [...path, 'schema'])
  }
}

interface Expression {
  readonly pattern: string
  readonly flags: string
  readonly path: Path
}

function regexFindings({ pattern, flags, path }: Expression): readonly Finding[] {
  // Flags are the schema's business; an unknown one must not be told a second time here.
  const known = /^[imsu]*$/.test(flags) ? flags : ''
  try {
    void new RegExp(pattern, known)
    return []
  } catch (error) {
    return [{ path: [...path, 'pattern'], rule: 'bad-regex', message: messageOf(error) }]
  }
}

function schemaFindings(ajv: Ajv, schema: JsonObject, path: Path): readonly Finding[] {
  try {
    ajv.compile(schema)
    return []
  } catch (error) {
    return [{ path, rule: 'bad-json-schema', message: messageOf(error) }]
  } finally {
    // Two checks may have schemas of one $id.
    ajv.removeSchema(schema)
  }
}
