import { expandBaseUrl, type Provider } from '../catalog/index.ts'
import type { Upstream, UpstreamResolver } from '../router/index.ts'
import { numberedKeys } from './numbered-keys.ts'

/**
 * Where the router finds each endpoint: the simulated providers when there are some, else the provider's own API with
 * the keys from its environment variables (docs/router.md, Several keys). An endpoint whose key or account variables are
 * missing gets no key, which excludes it. Records name the variable, never its value. The environment is read once.
 */
export function upstreamResolver(env: NodeJS.ProcessEnv, providersUrl: string | null): UpstreamResolver {
  const upstreamOf = ({ id, baseUrl, apiKeyEnv }: Provider): Upstream => {
    if (providersUrl !== null) {
      return {
        baseUrl: `${providersUrl}/${id}/v1`,
        keys: [{ alias: `simulated:${id}`, value: 'simulated' }],
      }
    }
    const expanded = expandBaseUrl(baseUrl, env)
    if (!expanded.ok) return { baseUrl: '', keys: [] }
    return { baseUrl: expanded.url.replace(/\/+$/, ''), keys: numberedKeys(env, apiKeyEnv) }
  }
  const known = new Map<Provider, Upstream>()
  return ({ provider }) => {
    const upstream = known.get(provider) ?? upstreamOf(provider)
    known.set(provider, upstream)
    return upstream
  }
}
