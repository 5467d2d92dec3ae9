import type { Endpoint } from '../catalog/index.ts'

/** How to reach an endpoint. */
export interface Upstream {
  /** Without a trailing slash; `/chat/completions` is added. */
  readonly baseUrl: string
  /** null: the key is missing, and the endpoint is excluded. Upstreams that need none get any placeholder. */
  readonly apiKey: string | null
  /** Name of the key for the records; never the key. */
  readonly keyAlias: string
}

/** Tells how to reach an endpoint. Called for each decision, so it should be cheap. */
export type UpstreamResolver = (endpoint: Endpoint) => Upstream
