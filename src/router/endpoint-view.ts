import type { RouterContext } from './context.ts'
import { keyAliasesOf } from './route.ts'
import type { StateBoardOptions } from './state-board.ts'

/** How the endpoints of a router stand by its definition of the moment. Reads health and catalogue. */
export function endpointView(current: () => RouterContext): Pick<StateBoardOptions, 'read' | 'siblingsOf'> {
  return {
    read: endpointId => {
      const context = current()
      const endpoint = context.catalog.endpoints.get(endpointId)
      if (!endpoint) return null
      return { endpoint, state: context.health.state(endpointId, keyAliasesOf(endpointId, context)) }
    },
    siblingsOf: endpointId => {
      const { endpoints } = current().catalog
      const provider = endpoints.get(endpointId)?.provider.id
      return [...endpoints.values()].filter(one => one.provider.id === provider).map(({ id }) => id)
    },
  }
}
