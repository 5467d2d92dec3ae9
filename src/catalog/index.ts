// What the market offers: models, the endpoints that serve them, prices, limits and policies.
// Pure: parses text it is given, reads no file and calls nobody.
export type {
  Catalog,
  DataPolicy,
  Endpoint,
  Model,
  Price,
  PromptCache,
  Provider,
  Quantization,
  RateLimits,
} from './types.ts'
