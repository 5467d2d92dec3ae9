import type { z } from 'zod'
import { didYouMean } from './did-you-mean.ts'
import { type Finding, pathText } from './finding.ts'
import { knownKeys } from './known-keys.ts'
import type { JsonSchema } from './json-schema.ts'
import type { Path } from './open-document.ts'
import { valueAt } from './value-at.ts'

type Issue = z.core.$ZodIssue

/** What the findings are about: the value that was checked, and its schema, for suggestions. */
export interface Checked {
  readonly value: unknown
  readonly schema: JsonSchema
  /** Every scalar of the value is a text, so nothing is said about kinds of scalars. Default: false. */
  readonly scalarsAreTexts?: boolean
  /** Names of rules for choices that deserve one of their own, by key; the others are `unknown-value`. */
  readonly choiceRules?: ReadonlyMap<PropertyKey, string>
}

/**
 * Says in our words, and once per mistake, what the schema found. A refinement names its rule in `params.rule`, else it
 * is `bad-format`. Pure.
 */
export function schemaFindings(issues: readonly Issue[], checked: Checked): readonly Finding[] {
  return issues.flatMap(issue => findingsOf(issue, checked))
}

function findingsOf(issue: Issue, checked: Checked): readonly Finding[] {
  const path: Path = issue.path
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(issue.keys, path, checked)
    case 'invalid_union':
      return unionFindings(issue, checked)
    case 'invalid_type':
      return [typeFinding({ path, expected: issue.expected, checked })]
    case 'invalid_value':
      return [valueFinding({ path, choices: issue.values.map(String), checked })]
    case 'too_small':
    case 'too_big':
    case 'not_multiple_of':
      return [{ path, rule: 'out-of-range', message: `${pathText(path)}: ${lowerFirst(issue.message)}` }]
    case 'custom': {
      const rule = String(issue.params?.['rule'] ?? 'bad-format')
      return [{ path, rule, message: `${pathText(path)}: ${lowerFirst(issue.message)}` }]
    }
    default:
      return [{ path, rule: 'bad-format', message: `${pathText(path)}: ${lowerFirst(issue.message)}` }]
  }
}

function unknownKeys(keys: readonly string[], path: Path, checked: Checked): readonly Finding[] {
  return keys.map(key => ({
    path: [...path, key],
    rule: 'unknown-key',
    message: `unknown key "${key}"`,
    hint: () => didYouMean(key, knownKeys(path, checked)),
    at: 'key',
  }))
}

interface Mistyped {
  readonly path: Path
  readonly expected: string
  readonly checked: Checked
}

function typeFinding({ path, expected, checked }: Mistyped): Finding {
  const found = valueAt(checked.value, path)
  if (found === undefined) return missingAt(path)
  const asTexts = checked.scalarsAreTexts ?? false
  const wanted =
    asTexts && !['array', 'object', 'record'].includes(expected) ? 'a single value' : named(expected)
  return {
    path,
    rule: 'wrong-type',
    message: `${pathText(path)}: expected ${wanted}, found ${kindOf(found, asTexts)}`,
  }
}

function kindOf(found: unknown, asTexts: boolean): string {
  if (asTexts && typeof found === 'string') return 'a single value'
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return 'keys and values'
  if (found === null) return 'nothing'
  if (Number.isNaN(found)) return '.nan'
  if (found === Number.POSITIVE_INFINITY) return '.inf'
  if (found === Number.NEGATIVE_INFINITY) return '-.inf'
  return Array.isArray(found) ? 'a list' : `a ${typeof found}`
}

function missingAt(path: Path): Finding {
  return missingKey(path.slice(0, -1), String(path.at(-1)))
}

/** A key that is needed at `path` and not there. */
export function missingKey(path: Path, key: string): Finding {
  const where = path.length > 0 ? ` in ${pathText(path)}` : ''
  return { path, rule: 'missing-key', message: `"${key}" is missing${where}` }
}

interface Mischosen {
  readonly path: Path
  readonly choices: readonly string[]
  readonly checked: Checked
}

function valueFinding({ path, choices, checked }: Mischosen): Finding {
  const found = valueAt(checked.value, path)
  if (found === undefined) return missingAt(path)
  if (typeof found !== 'string') {
    if (checked.scalarsAreTexts) return typeFinding({ path, expected: 'string', checked })
    return { path, rule: 'unknown-value', message: `${pathText(path)}: expected ${choices.join(' or ')}` }
  }
  const key = path.findLast(step => typeof step === 'string') ?? ''
  const rule = checked.choiceRules?.get(key) ?? 'unknown-value'
  return { path, rule, message: `${pathText(path)}: "${found}" is not known${didYouMean(found, choices)}` }
}

function unionFindings(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  checked: Checked,
): readonly Finding[] {
  if (issue.errors.length === 0) {
    const choices = optionsOf(issue)
    return [valueFinding({ path: issue.path, choices, checked })]
  }
  const [closest] = issue.errors.toSorted((a, b) => branchDistance(a) - branchDistance(b))
  if (closest && branchDistance(closest) < 2) {
    return closest.flatMap(inner => findingsOf({ ...inner, path: [...issue.path, ...inner.path] }, checked))
  }
  const expected = issue.errors.flatMap(branch => branch.flatMap(expectedBy))
  return [typeFinding({ path: issue.path, expected: expected.join(' or '), checked })]
}

/** The values a discriminator may have; zod gives them without declaring them. */
function optionsOf(issue: object): readonly string[] {
  const options: unknown = Reflect.get(issue, 'options')
  return Array.isArray(options) ? options.map(String) : []
}

/** 0: the right type with mistakes inside; 1: the right type with a wrong value; 2: another type. */
function branchDistance(branch: readonly Issue[]): number {
  const root = branch.filter(issue => issue.path.length === 0)
  if (root.some(issue => issue.code === 'invalid_type')) return 2
  return root.some(issue => issue.code !== 'unrecognized_keys') ? 1 : 0
}

function expectedBy(issue: Issue): readonly string[] {
  return issue.code === 'invalid_type' && issue.path.length === 0 ? [issue.expected] : []
}

function named(expected: string): string {
  return expected
    .split(' or ')
    .map(type =>
      type === 'record' || type === 'object' ? 'keys and values' : type === 'array' ? 'a list' : `a ${type}`,
    )
    .map(type => (type === 'a int' ? 'a whole number' : type === 'a null' ? 'null' : type))
    .join(' or ')
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
