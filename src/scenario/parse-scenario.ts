import type { Problem } from '../core/index.ts'
import { capProblems, type Finding, openDocument, problemsOf, schemaFindings } from '../document/index.ts'
import { scenarioJsonSchema } from './json-schema.ts'
import { ruleFindings } from './rules.ts'
import { scenarioFileSchema } from './scenario-schema.ts'
import type { Scenario } from './scenario-types.ts'
import { scenarioOf } from './scenario-of.ts'

/**
 * Reads a scenario file (YAML 1.2, format in docs/scenario.md).
 *
 * Reports everything that is wrong at once, each thing with line and column; only a file that is not YAML at
 * all gets its syntax errors alone. Whether models and providers exist is for the catalogue to say. Pure.
 *
 * @param source.file The path as it is shown in problems.
 */
export function parseScenario(source: {
  readonly file: string
  readonly text: string
}):
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { file } = source
  const document = openDocument(source)
  if (document.syntaxProblems.length > 0) return { ok: false, problems: capProblems(document.syntaxProblems) }
  const { value } = document
  if (value === null || value === undefined) {
    return {
      ok: false,
      problems: [{ file, line: 1, column: 1, rule: 'empty-file', message: 'the file is empty' }],
    }
  }
  const parsed = scenarioFileSchema.safeParse(value)
  const shape: readonly Finding[] = parsed.success
    ? []
    : schemaFindings(parsed.error.issues, { value, schema: scenarioJsonSchema() })
  const findings = [...shape, ...ruleFindings(value)]
  return parsed.success && findings.length === 0
    ? { ok: true, scenario: scenarioOf(parsed.data) }
    : { ok: false, problems: problemsOf(findings, { file, document }) }
}
