// A scenario file becomes either the list of everything wrong with it or a validated scenario,
// and a scenario with a seed becomes a plan: the same requests at the same times, every time.
// Pure: reads no file and knows nothing of how a plan is played.
export { buildPlan } from './build-plan.ts'
export { fillerText } from './filler-text.ts'
export { createTraceImporter } from './importers/trace-importer.ts'
export { scenarioJsonSchema } from './json-schema.ts'
export { parsePrompts } from './parse-prompts.ts'
export { parseScenario } from './parse-scenario.ts'
export { parseSessions } from './parse-sessions.ts'
export type { Check, Plan, PlannedMessage, PlannedRequest } from './plan.ts'
export { renderMessages } from './render-messages.ts'
export { requiredFiles } from './required-files.ts'
export { resolvedScenarioYaml } from './resolved-scenario-yaml.ts'
export type { Arm, Scenario, TargetSpec, Workload } from './scenario-types.ts'
export { type SessionStats, sessionStats, type Spread } from './session-stats.ts'
