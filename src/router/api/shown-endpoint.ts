import type { Endpoint, Model } from '../../catalog/index.ts'

/**
 * The endpoint whose price and limits stand for a model: the cheapest prompt of the default tier, then the cheapest
 * completion. undefined: nobody serves the model. Pure.
 */
export function shownEndpoint({ endpoints }: Model): Endpoint | undefined {
  const usual = endpoints.filter(({ tier }) => tier === 'default')
  return (usual.length > 0 ? usual : endpoints).toSorted(byPrice)[0]
}

function byPrice({ price: a }: Endpoint, { price: b }: Endpoint): number {
  return Number(a.input - b.input) || Number(a.output - b.output)
}
