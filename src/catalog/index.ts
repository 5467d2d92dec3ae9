// What the market offers: models, the endpoints that serve them, prices, limits and policies.
// Pure: parses text it is given, reads no file and calls nobody.
export { closestIds } from './closest-ids.ts'
export { expandBaseUrl } from './expand-base-url.ts'
export { catalogJsonSchema } from './json-schema.ts'
export { knownParameters } from './parameters.ts'
export { type CatalogFile, parseCatalog } from './parse-catalog.ts'
export type {
  Catalog,
  Endpoint,
  Model,
  Price,
  PriceAmounts,
  PriceOverride,
  PromptCache,
  Provider,
  RateLimits,
} from './types.ts'
export { type PriceMoment, priceAt } from './price-at.ts'
