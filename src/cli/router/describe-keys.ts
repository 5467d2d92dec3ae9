import type { Catalog, Endpoint } from '../../catalog/index.ts'
import { upstreamResolver } from '../upstream-keys.ts'

/** Variables that are named as examples. */
const mostNamed = 4

/**
 * How many providers of the catalogue have a key in the environment, as lines for who starts a router; with a warning
 * where none has. Of providers only those count that serve something. Pure.
 */
export function describeKeys({ endpoints }: Catalog, env: NodeJS.ProcessEnv): readonly string[] {
  const resolve = upstreamResolver(env, null)
  const byProvider = Map.groupBy(endpoints.values(), ({ provider }) => provider.id)
  const usable = [...byProvider.values()].filter(own => own.some(one => resolve(one).keys.length > 0))
  const count = `providers: ${usable.length} of ${byProvider.size} have an API key`
  if (usable.length > 0) return [count]
  const names = variablesOf([...byProvider.values()]).join(', ')
  return [
    count,
    `warning: without one every request will get 404; set one or more (${names} …) and start again, or use --providers-url`,
  ]
}

/** The variables of the providers that serve the most. */
function variablesOf(providers: readonly (readonly Endpoint[])[]): readonly string[] {
  const largestFirst = providers.toSorted((a, b) => b.length - a.length)
  const names = largestFirst.flatMap(([first]) => (first ? [first.provider.apiKeyEnv] : []))
  return [...new Set(names)].slice(0, mostNamed)
}
