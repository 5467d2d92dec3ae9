// The instrumented router: OpenRouter's HTTP API in front of many providers, every decision explained and recorded.
// Decides nothing itself (that is policy) and stores nothing (it puts rows into a sink).
export { openRouter, type RouterOptions } from './open-router.ts'
export type { UpstreamResolver } from './upstream.ts'
