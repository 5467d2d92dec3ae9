import { z } from 'zod'
import type { Finding } from '../document/index.ts'
import { builtinSetNames, builtinSets } from './builtin/sets.ts'
import { countUnits } from './prompt-units.ts'
import { type Rule, rule } from './rule.ts'

const amount = z.number().nonnegative().default(0)
const phases = z.object({
  warmup_seconds: amount,
  cooldown_seconds: amount,
  warmup_items: amount,
  cooldown_items: amount,
})

const closedHasNoTimes = rule({
  needs: z.object({ phases, arrivals: z.object({ kind: z.literal('closed') }) }),
  check: file =>
    (['warmup', 'cooldown'] as const)
      .filter(phase => file.phases[`${phase}_seconds`] > 0)
      .map(phase => ({
        path: ['phases', `${phase}_seconds`],
        rule: 'phases-need-times',
        message: `closed arrivals have no due times; use ${phase}_items`,
        at: 'key',
      })),
})

/** Workloads whose number of items is known without their file. */
const counted = z.union([
  z
    .object({ kind: z.literal('builtin'), set: z.enum(builtinSetNames), requests: z.int().positive() })
    .transform(({ set, requests }) => countUnits(builtinSets[set], requests)),
  z
    .object({ kind: z.literal('sessions'), sessions: z.int().positive() })
    .transform(({ sessions }) => sessions),
])

const itemsLeaveSome = rule({
  needs: z.object({ phases, workload: counted }),
  check: ({ phases: { warmup_items, cooldown_items }, workload: items }) =>
    warmup_items + cooldown_items < items
      ? []
      : nothingLeft(`warm-up and cool-down take ${warmup_items + cooldown_items} of ${items} items`),
})

const secondsLeaveSome = rule({
  needs: z.object({
    phases,
    workload: counted,
    arms: z.array(z.unknown()).min(1),
    arrivals: z.object({ kind: z.enum(['constant', 'poisson']), rate_per_second: z.number().positive() }),
  }),
  check: ({ phases: { warmup_seconds, cooldown_seconds }, workload: items, arms, arrivals }) => {
    const runSeconds = (items * arms.length) / arrivals.rate_per_second
    const takenSeconds = warmup_seconds + cooldown_seconds
    return takenSeconds < runSeconds
      ? []
      : nothingLeft(`warm-up and cool-down take ${takenSeconds} s of a run of ${runSeconds.toFixed(1)} s`)
  },
})

/** What must hold between the phases and the length of the run. */
export const phaseRules: readonly Rule[] = [closedHasNoTimes, itemsLeaveSome, secondsLeaveSome]

function nothingLeft(reason: string): readonly Finding[] {
  return [
    {
      path: ['phases'],
      rule: 'phases-too-long',
      message: `${reason}: nothing is left to measure`,
      at: 'key',
    },
  ]
}
