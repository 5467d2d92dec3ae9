import type { Endpoint } from '../catalog/index.ts'

/** One API key. */
export interface UpstreamKey {
  /** Name for the records; never the key. Keys of equal names are taken for the same key. */
  readonly alias: string
  readonly value: string
}

/** How to reach an endpoint. */
export interface Upstream {
  /** Without a trailing slash; the protocol adds its path. */
  readonly baseUrl: string
  /** Empty: the key is missing, and the endpoint is excluded. Upstreams that need none get any placeholder. */
  readonly keys: readonly UpstreamKey[]
}

/** Tells how to reach an endpoint. Called for each decision, so it should be cheap. */
export type UpstreamResolver = (endpoint: Endpoint) => Upstream
