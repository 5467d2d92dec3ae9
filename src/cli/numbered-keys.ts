import type { UpstreamKey } from '../router/index.ts'

/** Sets of this many keys are surely enough, and looking for them must end. */
const mostKeys = 100

/**
 * The API keys of one provider: that in the environment variable `name`, then those in `name_2`, `name_3` and so on,
 * whichever are set. The same key given twice counts once. Pure.
 */
export function numberedKeys(env: NodeJS.ProcessEnv, name: string): readonly UpstreamKey[] {
  const keys = new Map<string, UpstreamKey>()
  for (const alias of keyVariables(name)) {
    const value = env[alias]
    if (value && !keys.has(value)) keys.set(value, { alias, value })
  }
  return [...keys.values()]
}

/** Names of all variables that may hold keys of a provider whose first is `name`. */
export function keyVariables(name: string): readonly string[] {
  return Array.from({ length: mostKeys }, (_, index) => (index === 0 ? name : `${name}_${index + 1}`))
}
