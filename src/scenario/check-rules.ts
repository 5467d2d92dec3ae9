import { Ajv } from 'ajv'
import { messageOf } from '../core/index.ts'
import type { Finding } from './finding.ts'
import type { Path } from './open-document.ts'
import { valueAt } from './schema-findings.ts'

/** What is wrong with an assertion beyond its shape: an expression or a schema that does not compile. Pure. */
export function checkFindings(check: unknown, path: Path): readonly Finding[] {
  const pattern = valueAt(check, ['pattern'])
  const flags = valueAt(check, ['flags']) ?? ''
  const schema = valueAt(check, ['schema'])
  return [
    ...(typeof pattern === 'string' && typeof flags === 'string'
      ? regexFindings({ pattern, flags, path })
      : []),
    ...(typeof schema === 'object' && schema !== null ? schemaFindings(schema, path) : []),
  ]
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

function schemaFindings(schema: object, path: Path): readonly Finding[] {
  // Formats are notes here: ajv knows none of them without a further package.
  const ajv = new Ajv({ strictTypes: false, strictTuples: false, validateFormats: false, logger: false })
  try {
    ajv.compile(schema)
    return []
  } catch (error) {
    return [{ path: [...path, 'schema'], rule: 'bad-json-schema', message: messageOf(error) }]
  }
}
