import type { Scenario } from './scenario-types.ts'

/**
 * The files whose text `buildPlan` needs, as the scenario names them (relative to the scenario file). Pure.
 */
export function requiredFiles(scenario: Scenario): readonly string[] {
  return scenario.workload.kind === 'builtin' ? [] : [scenario.workload.file]
}
