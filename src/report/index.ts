// What a run says: one summary read from the store with a handful of queries, checked for conservation,
// and rendered for a terminal, Markdown, JSON and a browser. Never talks to an engine; renderers are pure.
export { type MetricDefinition, metricDefinitions } from './metric-definitions.ts'
export { renderHtml } from './render/html/render-html.ts'
export { renderJson } from './render/render-json.ts'
export { renderMarkdown } from './render/render-markdown.ts'
export { renderText, type TextOptions } from './render/render-text.ts'
export { checkConservation } from './summary/check-conservation.ts'
export { readSummary } from './summary/read-summary.ts'
export type { RecordReader } from './summary/record-reader.ts'
export type { Conservation, RunSummary, TrafficSummary } from './summary/run-summary.ts'
