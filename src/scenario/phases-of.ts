import type { PlanPhase } from './plan.ts'
import type { Scenario } from './scenario-types.ts'

const nsPerSecond = 1_000_000_000

/**
 * The phase of each item. An item, with all its turns and in all arms, belongs to one phase:
 * warm-up when it is among the first `warmupItems` or first due within `warmupSeconds` of the start; otherwise
 * cool-down when it is among the last `cooldownItems` or first due within `cooldownSeconds` before the last
 * due time; otherwise it is measured. Without due times (closed loop) only its position counts. Pure.
 *
 * @param firstDueNs When each item is first due, in order of release.
 * @param lastDueNs The last due time of the plan.
 */
export function phasesOf(
  firstDueNs: readonly (number | null)[],
  { phases, lastDueNs }: { readonly phases: Scenario['phases']; readonly lastDueNs: number },
): readonly PlanPhase[] {
  const warmupNs = phases.warmupSeconds * nsPerSecond
  const cooldownNs = phases.cooldownSeconds * nsPerSecond
  return firstDueNs.map((dueNs, index) => {
    if (index < phases.warmupItems || (dueNs !== null && dueNs < warmupNs)) return 'warmup'
    if (index >= firstDueNs.length - phases.cooldownItems) return 'cooldown'
    return dueNs !== null && dueNs > lastDueNs - cooldownNs ? 'cooldown' : 'measure'
  })
}
