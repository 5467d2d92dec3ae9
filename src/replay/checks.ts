import { Ajv } from 'ajv'
import type { Check } from '../scenario/index.ts'

/** How an answer did on its checks. */
export interface CheckResult {
  readonly total: number
  readonly failed: number
  /** First failed check as `kind#index`; '' when none failed. */
  readonly firstFailed: string
}

/** Applies checks to the visible text of an answer. A check that cannot be evaluated counts as failed. */
export type ApplyChecks = (checks: readonly Check[], text: string) => CheckResult

/**
 * Makes the function that checks the answers of one run. The JSON Schemas of `planned`, all the checks that will be
 * applied, are compiled here, each once: that takes milliseconds, which a run that paces requests does not have.
 */
export function createChecks(planned: readonly Check[]): ApplyChecks {
  const compiled = new Map<Schema, SchemaTest>()
  for (const check of planned) {
    if (check.kind !== 'json_schema' || compiled.has(check.schema)) continue
    compiled.set(check.schema, compile(check.schema))
  }
  return (checks, text) => resultOf(checks, check => passes(check, text, compiled))
}

function resultOf(checks: readonly Check[], isPassed: (check: Check) => boolean): CheckResult {
  const failures = checks.map((check, index) => ({ check, index })).filter(({ check }) => !isPassed(check))
  const first = failures[0]
  return {
    total: checks.length,
    failed: failures.length,
    firstFailed: first ? `${first.check.kind}#${first.index}` : '',
  }
}

function passes(check: Check, text: string, compiled: ReadonlyMap<Schema, SchemaTest>): boolean {
  switch (check.kind) {
    case 'exact':
      return text.trim() === check.value.trim()
    case 'contains':
      return text.includes(check.value)
    case 'regex':
      return new RegExp(check.pattern, check.flags).test(text)
    case 'json_schema':
      return compiled.get(check.schema)?.(text) ?? false
  }
}

type Schema = Readonly<Record<string, unknown>>

/** Whether a text is JSON that fits a schema. */
type SchemaTest = (text: string) => boolean

/** An instance of ajv for each, since two checks may have schemas of one $id. Formats are notes, as in scenario files. */
function compile(schema: Schema): SchemaTest {
  try {
    const fits = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema)
    return text => fitsAsJson(text, fits)
  } catch {
    // A schema that ajv refuses: no answer is shown to fit.
    return () => false
  }
}

function fitsAsJson(text: string, fits: (value: unknown) => boolean): boolean {
  try {
    return fits(JSON.parse(text))
  } catch {
    // Not JSON at all.
    return false
  }
}
