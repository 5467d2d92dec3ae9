import { request } from 'undici'
import { UserError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'

/** Empties the simulated caches and limits and starts the clock of the scripted faults: now is second 0. */
export async function resetSimulation(providersUrl: string, { seed, simulation }: Scenario): Promise<void> {
  const faults = simulation.faults.map(({ fromSeconds, toSeconds, ...rule }) => ({
    ...rule,
    fromMs: fromSeconds * 1000,
    toMs: toSeconds === null ? null : toSeconds * 1000,
  }))
  const body = JSON.stringify({ seed, faults })
  const answer = await request(`${providersUrl}/control/reset`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const text = await answer.body.text()
  if (answer.statusCode < 300) return
  throw new UserError(`the simulated providers refuse the scripted faults: ${text}`, {
    code: 'E_SCENARIO_INVALID',
    hint: 'Check simulation.faults in the scenario against docs/scenario.md.',
  })
}
