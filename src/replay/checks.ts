import { Ajv } from 'ajv'
import type { Check } from '../scenario/index.ts'

/** How an answer did on its checks. */
export interface CheckResult {
  readonly total: number
  readonly failed: number
  /** First failed check as `kind#index`; '' when none failed. */
  readonly firstFailed: string
}

/** Applies checks to the visible text of an answer. Pure; a check that cannot be evaluated counts as failed. */
export function applyChecks(checks: readonly Check[], text: string): CheckResult {
  const failures = checks
    .map((check, index) => ({ check, index }))
    .filter(({ check }) => !passes(check, text))
  const first = failures[0]
  return {
    total: checks.length,
    failed: failures.length,
    firstFailed: first ? `${first.check.kind}#${first.index}` : '',
  }
}

function passes(check: Check, text: string): boolean {
  switch (check.kind) {
    case 'exact':
      return text.trim() === check.value.trim()
    case 'contains':
      return text.includes(check.value)
    case 'regex':
      return new RegExp(check.pattern, check.flags).test(text)
    case 'json_schema':
      return fitsSchema(check.schema, text)
  }
}

function fitsSchema(schema: Readonly<Record<string, unknown>>, text: string): boolean {
  try {
    return new Ajv({ strict: false }).validate(schema, JSON.parse(text))
  } catch {
    // Not JSON, or a schema that ajv refuses: either way the answer is not shown to fit.
    return false
  }
}
