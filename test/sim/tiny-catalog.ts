import type { Catalog, Endpoint, Provider } from '../../src/catalog/index.ts'

/** What a test changes in an endpoint. */
export type EndpointChanges = Partial<Omit<Endpoint, 'provider'>> & { readonly provider?: string }

/** An endpoint of a Llama model that caches implicitly and has no limits. */
export function endpointOf(changes: EndpointChanges = {}): Endpoint {
  const { provider = 'deepinfra', ...rest } = changes
  const modelId = rest.modelId ?? 'meta-llama/llama-3.3-70b-instruct'
  return {
    id: `${provider}/${modelId.split('/')[1]}`,
    provider: providerOf(provider),
    tag: provider,
    region: null,
    tier: 'default',
    distillable: true,
    inputModalities: ['text'],
    modelId,
    upstreamModel: modelId,
    quantization: 'unknown',
    contextTokens: 131_072,
    maxOutputTokens: 16_384,
    price: { input: 1n, output: 1n, cacheRead: null, cacheWrite: null, request: 0n, version: 'test' },
    supportedParameters: new Set(),
    dataPolicy: { trains: false, retains: false },
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    cache: { mode: 'implicit', minTokens: 64, blockTokens: 16, ttlSeconds: 300 },
    ...rest,
  }
}

/** A catalogue of these endpoints. */
export function catalogOf(...endpoints: readonly Endpoint[]): Catalog {
  return {
    version: 'test',
    models: new Map(),
    providers: new Map(endpoints.map(({ provider }) => [provider.id, provider])),
    endpoints: new Map(endpoints.map(endpoint => [endpoint.id, endpoint])),
  }
}

function providerOf(id: string): Provider {
  return {
    id,
    name: id,
    wire: 'openai',
    baseUrl: 'http://127.0.0.1',
    apiKeyEnv: 'KEY',
    headquarters: 'unknown',
    dataPolicy: { trains: false, retains: false },
    billsCanceled: false,
  }
}
