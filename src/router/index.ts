// The instrumented router: OpenRouter's HTTP API in front of many providers, every decision explained and recorded.
// Decides nothing itself (that is policy) and stores nothing (it puts rows into a sink).
export { openRouter, type Router, type RouterOptions } from './open-router.ts'
export { defaultRouterSettings, type RouterSettings } from './settings.ts'
export type { Upstream, UpstreamResolver } from './upstream.ts'
