import type { Catalog, Endpoint, Model, Provider } from '../../src/catalog/index.ts'

/** What a test says about an endpoint; prices in USD per million tokens. */
export interface EndpointSpec {
  readonly provider: string
  readonly model?: string
  readonly input?: number
  readonly output?: number
  readonly cacheRead?: number | null
  readonly parameters?: readonly string[]
  readonly more?: Partial<Endpoint>
  readonly wire?: Provider['wire']
}

const allParameters = ['temperature', 'top_k', 'max_tokens', 'tools', 'response_format', 'seed', 'stop']

/** An endpoint with believable defaults. Its id is `provider/model-slug`. */
export function endpointOf(spec: EndpointSpec): Endpoint {
  const { provider, model = 'acme/one', input = 1, output = 0, cacheRead = null } = spec
  const perToken = (usdPerMillion: number) => BigInt(Math.round(usdPerMillion * 1e6))
  const dataPolicy = { trains: false, retains: false }
  return {
    id: `${provider}/${model.split('/')[1]}`,
    provider: {
      id: provider,
      name: `${provider.slice(0, 1).toUpperCase()}${provider.slice(1)} Cloud`,
      wire: spec.wire ?? 'openai',
      baseUrl: `http://127.0.0.1:9/${provider}`,
      apiKeyEnv: `${provider.toUpperCase()}_KEY`,
      headquarters: 'US',
      dataPolicy,
      billsCanceled: false,
    },
    tag: provider,
    region: null,
    tier: 'default',
    distillable: true,
    inputModalities: ['text'],
    modelId: model,
    upstreamModel: `up-${model.split('/')[1]}`,
    quantization: 'fp8',
    contextTokens: 100_000,
    maxOutputTokens: 10_000,
    price: {
      input: perToken(input),
      output: perToken(output),
      cacheRead: cacheRead === null ? null : perToken(cacheRead),
      cacheWrite: null,
      request: 0n,
      version: 'test@1',
    },
    supportedParameters: new Set(spec.parameters ?? allParameters),
    dataPolicy,
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    cache: { mode: 'none', minTokens: 0, blockTokens: 1, ttlSeconds: 0 },
    ...spec.more,
  }
}

/** A catalogue of the given endpoints and their models. */
export function catalogOf(endpoints: readonly Endpoint[]): Catalog {
  const models = Map.groupBy(endpoints, endpoint => endpoint.modelId)
  return {
    version: 'test@1',
    models: new Map([...models].map(([id, served]) => [id, modelOf(id, served)])),
    providers: new Map(endpoints.map(({ provider }) => [provider.id, provider])),
    endpoints: new Map(endpoints.map(endpoint => [endpoint.id, endpoint])),
  }
}

function modelOf(id: string, endpoints: readonly Endpoint[]): Model {
  return {
    id,
    name: id,
    author: id.split('/')[0] ?? '',
    contextTokens: 100_000,
    maxOutputTokens: 10_000,
    tokenizer: 'o200k',
    inputModalities: ['text'],
    outputModalities: ['text'],
    created: null,
    endpoints,
  }
}
