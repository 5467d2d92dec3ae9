import { expandBaseUrl } from '../catalog/index.ts'
import type { UpstreamResolver } from '../router/index.ts'

/**
 * Where the router finds each endpoint: the simulated providers when there are some, else the provider's own API with
 * the key from its environment variable. An endpoint whose key or account variables are missing gets no key, which
 * excludes it. Records name the variable, never its value.
 */
export function upstreamResolver(env: NodeJS.ProcessEnv, providersUrl: string | null): UpstreamResolver {
  if (providersUrl !== null) {
    return ({ provider }) => ({
      baseUrl: `${providersUrl}/${provider.id}/v1`,
      apiKey: 'simulated',
      keyAlias: 'simulated',
    })
  }
  return ({ provider }) => {
    const expanded = expandBaseUrl(provider.baseUrl, env)
    return {
      baseUrl: expanded.ok ? expanded.url.replace(/\/+$/, '') : '',
      apiKey: (expanded.ok && env[provider.apiKeyEnv]) || null,
      keyAlias: provider.apiKeyEnv,
    }
  }
}
