import type { Prompt } from './prompt.ts'

/** What arrives as one: a single prompt, or the turns of a conversation in order. */
export interface PromptUnit {
  readonly session: string | null
  readonly prompts: readonly Prompt[]
  /** Goes behind every id: empty the first time the set is played, then `#2`, `#3`, … */
  readonly suffix: string
}

/**
 * The units of a workload of exactly `requests` prompts: the set once and, when it is shorter, again and
 * again; the last conversation is cut off where the number is reached. Pure.
 *
 * @param options.order The order of the units in each round, from 0; the set's own by default.
 */
export function unitsFor(
  prompts: readonly Prompt[],
  options: {
    readonly requests: number
    readonly order?: (units: readonly PromptUnit[], round: number) => readonly PromptUnit[]
  },
): readonly PromptUnit[] {
  const { requests, order = units => units } = options
  const once = groupPrompts(prompts)
  const planned: PromptUnit[] = []
  let left = requests
  for (let round = 0; left > 0 && once.length > 0; round++) {
    const suffix = round === 0 ? '' : `#${round + 1}`
    for (const unit of order(once, round)) {
      if (left === 0) break
      const turns = unit.prompts.slice(0, left)
      left -= turns.length
      planned.push({ ...unit, prompts: turns, suffix })
    }
  }
  return planned
}

/** How many units a workload of `requests` prompts has when the set is played in its own order. Pure. */
export function countUnits(prompts: readonly Prompt[], requests: number): number {
  return unitsFor(prompts, { requests }).length
}

/** Puts prompts of one conversation together, at the place of its first turn. */
function groupPrompts(prompts: readonly Prompt[]): readonly PromptUnit[] {
  const units = new Map<string, Prompt[]>()
  for (const prompt of prompts) {
    const key = prompt.session === null ? `prompt ${prompt.id}` : `session ${prompt.session}`
    const turns = units.get(key)
    if (turns) turns.push(prompt)
    else units.set(key, [prompt])
  }
  return [...units.values()].map(turns => ({
    session: turns[0]?.session ?? null,
    prompts: turns,
    suffix: '',
  }))
}
