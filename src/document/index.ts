// Files that people write: a YAML or JSON text becomes plain data with the way back from every value to its line and column,
// and what a schema or a rule finds wrong with it becomes problems in our words. Pure; knows no format of its own.
export { capProblems } from './cap-problems.ts'
export { didYouMean } from './did-you-mean.ts'
export { editDistance } from './edit-distance.ts'
export { type Finding, problemsOf } from './finding.ts'
export type { JsonSchema } from './json-schema.ts'
export { type OpenDocument, openDocument, type Path, type SourceText } from './open-document.ts'
export { missingKey, schemaFindings } from './schema-findings.ts'
export { valueAt } from './value-at.ts'
