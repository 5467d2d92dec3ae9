import { z } from 'zod'
import { didYouMean } from './edit-distance.ts'
import { fileSchema } from './file-schema.ts'
import type { Finding, Path } from './open-document.ts'

type Issue = z.core.$ZodIssue

/** Rules of choices that deserve a name of their own; the others are `unknown-value`. */
const choiceRules: ReadonlyMap<PropertyKey, string> = new Map([
  ['quantization', 'unknown-quantization'],
  ['wire', 'unknown-wire'],
  ['supports', 'unknown-parameter'],
])

/** What the shape of a file (plain data, scalars as text) has wrong, every problem at once. Pure. */
export function schemaFindings(value: unknown, issues: readonly Issue[]): readonly Finding[] {
  return issues.flatMap(issue => findingsOf(issue, value))
}

function findingsOf(issue: Issue, value: unknown): readonly Finding[] {
  const { path } = issue
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => unknownKey(path, key))
    case 'invalid_type':
      return [mistyped({ path, expected: issue.expected, value })]
    case 'invalid_value':
      return [mischosen({ path, choices: issue.values.map(String), value })]
    case 'invalid_union':
      // The only union is told apart by `mode`.
      return [mischosen({ path, choices: ['none', 'implicit', 'explicit'], value })]
    case 'custom':
      return [{ path, rule: String(issue.params?.['rule']), message: `${nameOf(path)}: ${issue.message}` }]
    default:
      return [{ path, rule: 'bad-value', message: `${nameOf(path)}: ${issue.message}` }]
  }
}

function unknownKey(path: Path, key: string): Finding {
  const message = `unknown key "${key}"${didYouMean(key, keysAt(path))}`
  return { path: [...path, key], rule: 'unknown-key', message, atKey: true }
}

/** A key that is needed and not there. */
export function missingKey(path: Path, key: string): Finding {
  return { path, rule: 'missing-key', message: `"${key}" is missing` }
}

interface Mistyped {
  readonly path: Path
  readonly expected: string
  readonly value: unknown
}

function mistyped({ path, expected, value }: Mistyped): Finding {
  const found = valueAt(value, path)
  if (found === undefined) return missingKey(path.slice(0, -1), nameOf(path))
  const wanted =
    expected === 'array' ? 'a list' : expected === 'object' ? 'keys and values' : 'a single value'
  const kind = Array.isArray(found)
    ? 'a list'
    : typeof found === 'object'
      ? 'keys and values'
      : 'a single value'
  return { path, rule: 'wrong-type', message: `${nameOf(path)}: expected ${wanted}, found ${kind}` }
}

interface Mischosen {
  readonly path: Path
  readonly choices: readonly string[]
  readonly value: unknown
}

function mischosen({ path, choices, value }: Mischosen): Finding {
  const found = valueAt(value, path)
  if (found === undefined) return missingKey(path.slice(0, -1), nameOf(path))
  const key = path.findLast(step => typeof step === 'string') ?? ''
  if (typeof found !== 'string') return mistyped({ path, expected: 'string', value })
  const hint = choices.length <= 10 ? `; known: ${choices.join(', ')}` : didYouMean(found, choices)
  const message = `${nameOf(path)}: "${found}" is not known${hint}`
  return { path, rule: choiceRules.get(key) ?? 'unknown-value', message }
}

/** The key a path is about, for a sentence. */
function nameOf(path: Path): string {
  return path.findLast(step => typeof step === 'string') ?? 'the file'
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, step)
  }
  return found
}

/** The keys that the schema knows for the map at `path`. */
function keysAt(path: Path): readonly string[] {
  let schema: unknown = fileSchema
  for (const step of path) schema = stepInto(schema, step)
  const inner = unwrap(schema)
  if (inner instanceof z.ZodUnion) {
    return inner.options.flatMap(option => (option instanceof z.ZodObject ? Object.keys(option.shape) : []))
  }
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

function stepInto(schema: unknown, step: PropertyKey): unknown {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodArray) return inner.element
  return inner instanceof z.ZodObject ? inner.shape[String(step)] : undefined
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema
}
