import { z } from 'zod'
import { type Finding, type Path, valueAt } from '../document/index.ts'
import { type Rule, rule } from './rule.ts'

const lists = ['faults', 'regimes', 'changes'] as const

/** Scripts of the simulation need a simulation. */
export const scriptsNeedSimulation: readonly Rule[] = lists.map(list =>
  rule({
    needs: z.object({
      arms: z.array(z.object({ target: z.unknown() })),
      simulation: z.object({ [list]: z.array(z.unknown()).min(1) }),
    }),
    check: ({ arms }) => {
      if (arms.some(arm => arm.target === undefined || arm.target === 'simulated')) return []
      const message = `${list} happen at simulated providers, and no arm has the target simulated`
      return [{ path: ['simulation', list], rule: `${list}-without-simulation`, message }]
    },
  }),
)

/** What the schema cannot say about one fault: its window, and how it flaps. Pure. */
export function faultFindings(fault: unknown, path: Path): readonly Finding[] {
  return [...windowFindings(fault, path), ...flapFindings(fault, path)]
}

function windowFindings(fault: unknown, path: Path): readonly Finding[] {
  const from = valueAt(fault, ['from_seconds']) ?? 0
  const to = valueAt(fault, ['to_seconds'])
  if (typeof from !== 'number' || typeof to !== 'number' || to > from) return []
  const message = `the fault ends at ${to} s, which is not after its start at ${from} s`
  return [{ path: [...path, 'to_seconds'], rule: 'fault-window', message }]
}

function flapFindings(fault: unknown, path: Path): readonly Finding[] {
  const on = valueAt(fault, ['on_seconds'])
  const period = valueAt(fault, ['period_seconds']) ?? null
  if (typeof on !== 'number') return []
  const at = { path: [...path, 'on_seconds'], rule: 'fault-flapping' }
  if (period === null) return [{ ...at, message: 'on_seconds needs period_seconds' }]
  if (typeof period !== 'number' || on <= period) return []
  return [{ ...at, message: `the fault is on for ${on} s of a period of ${period} s` }]
}

/** What the schema cannot say about one regime: how its course is given. Pure. */
export function regimeFindings(regime: unknown, path: Path): readonly Finding[] {
  const means = valueAt(regime, ['mean_seconds'])
  const script = valueAt(regime, ['script'])
  if ((means === undefined) === (script === undefined)) {
    const message = 'a regime is given either by mean_seconds or by a script'
    return [{ path, rule: 'regime-course', message }]
  }
  const times = Array.isArray(script) ? script.map(step => valueAt(step, ['at_seconds'])) : []
  const wrong = times.findIndex((time, at) => Number(time) <= Number(times[at - 1]))
  if (wrong < 0) return []
  const message = `the steps of a script need rising times: ${String(times[wrong])} s comes after ${String(times[wrong - 1])} s`
  return [{ path: [...path, 'script', wrong, 'at_seconds'], rule: 'regime-course', message }]
}

const prices = ['input', 'output', 'cache_read', 'cache_write'].map(name => `${name}_usd_per_million`)

/** What the schema cannot say about one change: that it changes something. Pure. */
export function changeFindings(change: unknown, path: Path): readonly Finding[] {
  if (valueAt(change, ['kind']) !== 'price') return []
  if (prices.some(name => (valueAt(change, [name]) ?? null) !== null)) return []
  return [{ path, rule: 'change-of-nothing', message: 'a price change names at least one price' }]
}
