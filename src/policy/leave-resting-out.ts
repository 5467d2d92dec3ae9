import { nsPerMs } from '../core/index.ts'
import type { EndpointHealth } from '../health/index.ts'
import type { Contender } from './contender.ts'
import type { ModelContenders } from './decide.ts'
import type { Exclusion } from './types.ts'

/** Candidate models without the endpoints that rest. */
export interface Rested {
  readonly groups: readonly ModelContenders[]
  /** Why the only endpoint that is left is tried although it rests; null: it does not. */
  readonly lastResort: string | null
  /** Endpoints that are left with a breaker that is not closed, by id. */
  readonly suspects: ReadonlyMap<string, 'half_open' | 'open'>
}

/**
 * Excludes endpoints in cool-down (rule `cool_down`) and those whose breaker lets nobody through (`breaker_open`). When
 * all that passed the filters rest, whichever their models, the one whose rest ends first stays as the last resort: an
 * outage costs one attempt a request, not one for each endpoint. Pure.
 */
export function leaveRestingOut(groups: readonly ModelContenders[], nowNs: number): Rested {
  let isAnyFree = false
  let soonest: Contender | null = null
  for (const { contenders } of groups) {
    for (const contender of contenders) {
      const untilNs = restsUntilNs(contender.health)
      if (untilNs <= nowNs) isAnyFree = true
      else if (soonest === null || untilNs < restsUntilNs(soonest.health)) soonest = contender
    }
  }
  if (soonest === null) return { groups, lastResort: null, suspects: suspectsOf(groups) }
  const kept = isAnyFree ? null : soonest
  const stays = (contender: Contender) => contender === kept || restsUntilNs(contender.health) <= nowNs
  const rested = groups.map(({ model, contenders, excluded }) => ({
    model,
    contenders: contenders.filter(stays),
    excluded: [...excluded, ...contenders.filter(c => !stays(c)).map(c => exclusionOf(c, nowNs))],
  }))
  const lastResort = kept && `last resort, ${restOf(kept.health, nowNs).why}`
  return { groups: rested, lastResort, suspects: suspectsOf(rested) }
}

function suspectsOf(groups: readonly ModelContenders[]): Rested['suspects'] {
  const suspects = new Map<string, 'half_open' | 'open'>()
  for (const { contenders } of groups)
    for (const { endpoint, health } of contenders)
      if (health.breaker !== 'closed') suspects.set(endpoint.id, health.breaker)
  return suspects
}

function restsUntilNs({ coolDownUntilNs, breakerUntilNs }: EndpointHealth): number {
  return Math.max(coolDownUntilNs, breakerUntilNs)
}

function exclusionOf({ endpoint, health }: Contender, nowNs: number): Exclusion {
  const { rule, why } = restOf(health, nowNs)
  const leftMs = Math.ceil((restsUntilNs(health) - nowNs) / nsPerMs)
  return { endpoint, rule, detail: `${why} for another ${leftMs} ms` }
}

function restOf({ coolDownUntilNs, breaker }: EndpointHealth, nowNs: number) {
  if (breaker === 'open') return { rule: 'breaker_open', why: 'breaker open' } as const
  if (coolDownUntilNs > nowNs) return { rule: 'cool_down', why: 'in cool-down' } as const
  return { rule: 'breaker_open', why: 'breaker half open, another request tries it' } as const
}
