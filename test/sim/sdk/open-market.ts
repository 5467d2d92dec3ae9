import { createRng, createSystemClock } from '../../../src/core/index.ts'
import { type FaultRule, openSimulatedProviders } from '../../../src/sim/index.ts'
import { catalogOf, type EndpointChanges, endpointOf } from '../tiny-catalog.ts'

/** So fast that a median answer takes some 10 ms. */
const speed = 200

/** Simulators of one endpoint that takes tools and reasons. */
export async function openMarket(changes: EndpointChanges) {
  const endpoint = endpointOf({
    supportedParameters: new Set(['tools', 'reasoning']),
    ...changes,
  })
  const sim = await openSimulatedProviders({
    catalog: catalogOf(endpoint),
    clock: createSystemClock(),
    rng: createRng('sdk'),
    port: 0,
    speed,
    faults: [],
  })
  const url = `${sim.url}/${endpoint.provider.id}`
  const setFault = (kind: FaultRule['kind'], rule: Partial<FaultRule> = {}) => {
    const always = { model: null, fromMs: 0, toMs: null, ratio: 1, delayMs: 0, status: 503 }
    sim.setFaults([{ provider: endpoint.provider.id, kind, ...always, ...rule }])
  }
  const statsOf = () => sim.stats().endpoints[0]
  return { sim, url, model: endpoint.upstreamModel, setFault, statsOf }
}

/** A place to ask the weather for, as JSON Schema. */
export const placeSchema = {
  type: 'object',
  properties: {
    city: { type: 'string', minLength: 2 },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    days: { type: 'integer', minimum: 1, maximum: 7 },
  },
  required: ['city', 'unit', 'days'],
  additionalProperties: false,
} as const

/** Waits until something is so, for at most two seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !isSo(); turn++) await new Promise(resolve => setTimeout(resolve, 5))
}
