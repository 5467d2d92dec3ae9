import type { Rng } from '../core/index.ts'

/** The items in a random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], rng: Rng): readonly T[] {
  const pool = [...items]
  return items.flatMap(() => pool.splice(rng.int(pool.length), 1))
}
