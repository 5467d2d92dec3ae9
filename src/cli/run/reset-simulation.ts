import { request } from 'undici'
import { UserError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'

/** Empties the simulated caches and limits and starts the clock of the scripts: now is second 0. */
export async function resetSimulation(providersUrl: string, { seed, simulation }: Scenario): Promise<void> {
  const { faults, regimes, changes } = simulation
  const body = JSON.stringify({
    seed,
    faults: faults.map(faultRule),
    regimes: regimes.map(regimeRule),
    changes: changes.map(changeRule),
  })
  const answer = await request(`${providersUrl}/control/reset`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const text = await answer.body.text()
  if (answer.statusCode < 300) return
  throw new UserError(`the simulated providers refuse the script of the simulation: ${text}`, {
    code: 'E_SCENARIO_INVALID',
    hint: 'Check `simulation` in the scenario against docs/scenario.md.',
  })
}

type Simulation = Scenario['simulation']

function faultRule({ fromSeconds, toSeconds, flap, ...rule }: Simulation['faults'][number]): object {
  return {
    ...rule,
    fromMs: fromSeconds * 1000,
    toMs: toSeconds === null ? null : toSeconds * 1000,
    flap: flap && { periodMs: flap.periodSeconds * 1000, onMs: flap.onSeconds * 1000 },
  }
}

function regimeRule({ course, ...rule }: Simulation['regimes'][number]): object {
  if (course.kind === 'script') {
    const steps = course.steps.map(({ atSeconds, regime }) => ({ atMs: atSeconds * 1000, regime }))
    return { ...rule, course: { kind: course.kind, steps } }
  }
  const means = Object.entries(course.meanSeconds).map(([name, seconds]) => [name, seconds * 1000] as const)
  const { kind, transitions } = course
  return { ...rule, course: { kind, meanMs: Object.fromEntries(means), ...(transitions && { transitions }) } }
}

function changeRule({ atSeconds, ...change }: Simulation['changes'][number]): object {
  const atMs = atSeconds * 1000
  if (change.kind !== 'swapped') return { ...change, atMs }
  const { overSeconds, ...swap } = change
  return { ...swap, atMs, overMs: overSeconds * 1000 }
}
