import type { Arm } from './scenario-types.ts'

/**
 * A text per arm that has to stand at the start of its prompts, because another arm sends the same prompts
 * to the same model at the same kind of target and would find them in its cache; null where none does. Pure.
 */
export function armNamespaces(arms: readonly Arm[], seed: string): ReadonlyMap<string, string | null> {
  return new Map(
    arms.map(arm => {
      const shared = arms.some(other => other.name !== arm.name && placeOf(other) === placeOf(arm))
      return [arm.name, shared ? `${seed}/${arm.name}` : null]
    }),
  )
}

function placeOf(arm: Arm): string {
  return JSON.stringify([arm.model, arm.target])
}
