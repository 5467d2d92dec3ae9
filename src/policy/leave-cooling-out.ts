import { nsPerMs } from '../core/index.ts'
import type { Contender } from './contender.ts'
import type { ModelContenders } from './decide.ts'
import type { Exclusion } from './types.ts'

/** Candidate models without the endpoints that cool down. */
export interface Rested {
  readonly groups: readonly ModelContenders[]
  /** Only one endpoint is left, and it is in cool-down too. */
  readonly isLastResort: boolean
}

/**
 * Excludes endpoints in cool-down (rule `cool_down`). When all that passed the filters are cooling, whichever their
 * models, the one whose cool-down ends first stays as the last resort: an outage costs one attempt a request, not one
 * for each endpoint. Pure.
 */
export function leaveCoolingOut(groups: readonly ModelContenders[], nowNs: number): Rested {
  let isAnyFree = false
  let soonest: Contender | null = null
  for (const { contenders } of groups) {
    for (const contender of contenders) {
      const untilNs = contender.health.coolDownUntilNs
      if (untilNs <= nowNs) isAnyFree = true
      else if (soonest === null || untilNs < soonest.health.coolDownUntilNs) soonest = contender
    }
  }
  if (soonest === null) return { groups, isLastResort: false }
  const lastResort = isAnyFree ? null : soonest
  const stays = (contender: Contender) =>
    contender === lastResort || contender.health.coolDownUntilNs <= nowNs
  const rested = groups.map(({ model, contenders, excluded }) => ({
    model,
    contenders: contenders.filter(stays),
    excluded: [...excluded, ...contenders.filter(c => !stays(c)).map(c => exclusionOf(c, nowNs))],
  }))
  return { groups: rested, isLastResort: lastResort !== null }
}

function exclusionOf({ endpoint, health }: Contender, nowNs: number): Exclusion {
  const leftMs = Math.ceil((health.coolDownUntilNs - nowNs) / nsPerMs)
  return { endpoint, rule: 'cool_down', detail: `in cool-down for another ${leftMs} ms` }
}
