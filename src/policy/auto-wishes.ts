import { z } from 'zod'
import { isObject } from '../core/index.ts'
import { type AutoWishes, costTiers } from './pick-from-pool.ts'

/** OpenRouter's bound on each of the lists. */
const mostGlobs = 1024
const globs = z.array(z.string().min(1)).max(mostGlobs).nullish()
const schema = z.looseObject({
  allowed_models: globs,
  excluded_models: globs,
  cost_tier: z.enum(costTiers).nullish(),
})

/** The result of reading the plugin; `problem` names the field. */
type AutoWishesResult =
  | { readonly ok: true; readonly wishes: AutoWishes | null }
  | { readonly ok: false; readonly problem: string }

/** Reads what the plugin `auto-router` says of the models of `openrouter/auto`; null: nothing. Pure. */
export function parseAutoWishes(plugins: unknown): AutoWishesResult {
  const list: readonly unknown[] = Array.isArray(plugins) ? plugins : []
  const place = list.findIndex(isAutoRouter)
  if (place < 0) return { ok: true, wishes: null }
  const parsed = schema.safeParse(list[place])
  if (!parsed.success) {
    const told = parsed.error.issues.map(
      ({ path, message }) => `${['plugins', place, ...path].join('.')}: ${message}`,
    )
    return { ok: false, problem: told.slice(0, 10).join('; ') }
  }
  const { allowed_models: allowed, excluded_models: excluded, cost_tier: costTier } = parsed.data
  return {
    ok: true,
    wishes: { allowedModels: allowed ?? [], excludedModels: excluded ?? [], costTier: costTier ?? null },
  }
}

function isAutoRouter(plugin: unknown): boolean {
  return isObject(plugin) && plugin['id'] === 'auto-router' && plugin['enabled'] !== false
}
