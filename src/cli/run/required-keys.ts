import type { Catalog } from '../../catalog/index.ts'
import { UserError } from '../../core/index.ts'
import type { Arm, Scenario } from '../../scenario/index.ts'
import { keyVariables } from '../numbered-keys.ts'
import { upstreamResolver } from '../upstream-keys.ts'

/**
 * Looks for the keys that the arms need, before anything is started: an API of one's own needs its key, and our router
 * in front of real providers needs a key of at least one host of the model.
 * @throws UserError E_KEY_MISSING, E_CONFIG_INVALID for a key that cannot be sent
 */
export function requireKeys(catalog: Catalog, { arms }: Scenario, env: NodeJS.ProcessEnv): void {
  for (const arm of arms) {
    if (arm.target.kind === 'url') apiKeyOf(arm, env)
    if (arm.target.kind === 'router') requireRouterKey(catalog, arm, env)
  }
}

/** The key of an arm's own API; null when it needs none. @throws UserError E_KEY_MISSING, E_CONFIG_INVALID */
export function apiKeyOf({ name, target }: Arm, env: NodeJS.ProcessEnv): string | null {
  if (target.kind !== 'url' || target.apiKeyEnv === null) return null
  const key = env[target.apiKeyEnv]
  requireSendable(target.apiKeyEnv, key)
  if (key) return key
  throw new UserError(`arm ${name} needs an API key in ${target.apiKeyEnv}, which is not set`, {
    code: 'E_KEY_MISSING',
    hint: `export ${target.apiKeyEnv}=… and run again; the key is never written anywhere.`,
  })
}

function requireRouterKey({ models }: Catalog, { name, model }: Arm, env: NodeJS.ProcessEnv): void {
  const endpoints = models.get(model)?.endpoints ?? []
  for (const { provider } of endpoints) requireSendableKey(provider.apiKeyEnv, env)
  const resolve = upstreamResolver(env, null)
  if (endpoints.some(endpoint => resolve(endpoint).keys.length > 0)) return
  const variables = [...new Set(endpoints.map(({ provider }) => provider.apiKeyEnv))]
  throw new UserError(`arm ${name} goes to real providers of ${model}, and there is a key for none of them`, {
    code: 'E_KEY_MISSING',
    hint: `Set at least one of ${variables.join(', ')}, or use \`target: simulated\`.`,
  })
}

/** The keys of all providers, for a router that may use any of them. @throws UserError E_CONFIG_INVALID */
export function requireSendableKeys({ providers }: Catalog, env: NodeJS.ProcessEnv): void {
  for (const { apiKeyEnv } of providers.values()) requireSendableKey(apiKeyEnv, env)
}

function requireSendableKey(name: string, env: NodeJS.ProcessEnv): void {
  for (const variable of keyVariables(name)) requireSendable(variable, env[variable])
}

/** A header carries printable ASCII; anything else would fail every request. The message never has the key. */
function requireSendable(variable: string, key: string | undefined): void {
  if (key === undefined || /^[ -~]*$/.test(key)) return
  throw new UserError(
    `${variable} holds characters that no API key has: line breaks or letters beyond ASCII`,
    {
      code: 'E_CONFIG_INVALID',
      hint: `Set ${variable} again; a key that was copied may have brought a line break or a quotation mark with it.`,
    },
  )
}
