import type { Endpoint } from '../../src/catalog/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'

function tagged(tag: string, input: number, more: Partial<Endpoint> = {}): Endpoint {
  const [provider = ''] = tag.split('/')
  return endpointOf({ provider, input, more: { id: `${tag}/one`, tag, upstreamModel: tag, ...more } })
}

/** Endpoints of one model with regions and a tier; `calls` name each by the model that it was asked for. */
export const taggedPool: readonly Endpoint[] = [
  tagged('cheap', 1),
  tagged('vertex/us-east5', 4),
  tagged('vertex/eu-west1', 3),
  tagged('open', 5),
  tagged('open/priority', 9, { tier: 'priority' }),
]
