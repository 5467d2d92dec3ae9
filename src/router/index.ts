// The instrumented router: OpenRouter's HTTP API in front of many providers, every decision explained and recorded.
// Decides nothing itself (that is policy) and stores nothing (it puts rows into a sink).
export type { RouterFileInput } from './config/file-schema.ts'
export { routerJsonSchema } from './config/json-schema.ts'
export { parseRouterConfig, type RouterConfig } from './config/parse-router-config.ts'
export { routerConfigYaml } from './config/router-config-yaml.ts'
export { settingsOf } from './config/settings-of.ts'
export { openLedger } from './keys/ledger.ts'
export { newKey } from './keys/new-key.ts'
export { openRouter, type RouterDefinition, type RouterOptions } from './open-router.ts'
export { openResponseCache } from './response-cache/response-cache.ts'
export type { RouterSettings } from './settings.ts'
export type { Upstream, UpstreamKey, UpstreamResolver } from './upstream.ts'
export { type Explained, explainRequest, type Refusal } from './explain-request.ts'
