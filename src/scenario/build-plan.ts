import { createHash } from 'node:crypto'
import type { Rng } from '../core/index.ts'
import { armNamespaces } from './arm-namespaces.ts'
import { dueTimes } from './due-times.ts'
import { phasesOf } from './phases-of.ts'
import type { Plan, PlannedRequest, PlanPhase, Release } from './plan.ts'
import { builtinWork, promptWork } from './prompt-work.ts'
import type { Arm, Scenario } from './scenario-types.ts'
import { sessionWork } from './session-work.ts'
import { shuffled } from './shuffled.ts'
import { workloadMismatch } from './workload-errors.ts'
import type { WorkUnit } from './work-unit.ts'

/** Texts of the files that a scenario names, by the names it gives them. */
type ScenarioFiles = ReadonlyMap<string, string>

/** What a plan is made from. */
export interface BuildPlanOptions {
  readonly scenario: Scenario
  /** All that `requiredFiles` names. */
  readonly files: ScenarioFiles
  /** Seeded with the scenario's seed; only forks of it are drawn from. */
  readonly rng: Rng
}

/**
 * Fixes everything a run will do. Pure: equal scenario, files and seed give an equal plan and hash.
 *
 * Every item (a single request or a whole conversation) is played once per arm; the arms of an item stand
 * next to each other in a random order and share `itemId`. The turns of a conversation follow its first one,
 * and only the first is due by the clock. Arms with the same model and target get prompts that differ from
 * the first bytes on, so that neither warms the other's prompt cache.
 *
 * @throws UserError E_TRACE_INVALID (a bad workload file, with all its problems) or E_SCENARIO_INVALID
 *   (the file has too few items, or the phases leave nothing to measure).
 */
export function buildPlan({ scenario, files, rng }: BuildPlanOptions): Plan {
  const units = unitsOf({ scenario, files, rng: rng.fork('plan workload') })
  const { arms, arrivals, seed } = scenario
  const dueNs = dueTimes({
    arrivals,
    startsMs: units.map(unit => unit.startMs),
    arms: arms.length,
    rng: rng.fork('plan arrivals'),
  })
  const phases = phasesOf(
    dueNs.map(([first]) => first ?? null),
    { phases: scenario.phases, lastDueNs: dueNs.at(-1)?.at(-1) ?? 0 },
  )
  if (!phases.includes('measure')) {
    throw workloadMismatch(
      'warm-up and cool-down leave nothing to measure',
      'Shorten phases in the scenario, or play more requests.',
    )
  }
  const namespaces = armNamespaces(arms, seed)
  const pairs = rng.fork('plan pairs')
  const requests: PlannedRequest[] = []
  for (const [item, unit] of units.entries()) {
    for (const [position, arm] of shuffled(arms, pairs).entries()) {
      const place = {
        scenario,
        arm,
        namespace: namespaces.get(arm.name) ?? null,
        dueNs: dueNs[item]?.[position] ?? null,
        phase: phases[item] ?? 'measure',
        firstIndex: requests.length,
      }
      for (const request of requestsOf(unit, place)) requests.push(request)
    }
  }
  return finished({ seed, release: releaseOf(scenario), requests })
}

function unitsOf({ scenario, files, rng }: BuildPlanOptions): readonly WorkUnit[] {
  const { workload, seed } = scenario
  switch (workload.kind) {
    case 'builtin':
      return builtinWork(workload, rng)
    case 'prompts':
      return promptWork(scenario, { ...workload, text: textOf(files, workload.file) })
    case 'sessions':
      return sessionWork(workload, { text: textOf(files, workload.file), seed, rng })
  }
}

function textOf(files: ScenarioFiles, file: string): string {
  const text = files.get(file)
  // The caller reads what requiredFiles names; a gap is its bug, not the user's.
  if (text === undefined) throw new Error(`buildPlan was not given the text of ${file}`)
  return text
}

interface Place {
  readonly scenario: Scenario
  readonly arm: Arm
  readonly namespace: string | null
  readonly dueNs: number | null
  readonly phase: PlanPhase
  readonly firstIndex: number
}

function requestsOf(unit: WorkUnit, place: Place): readonly PlannedRequest[] {
  const { scenario, arm, namespace, dueNs, phase, firstIndex } = place
  const sessionId = unit.session === null ? null : `${arm.name}-${unit.session}`
  const messages = unit.messagesIn(namespace)
  const parametersOf = bodyFieldsOf(scenario, arm, arm.sessionId ? sessionId : null)
  return unit.turns.map((turn, index) => ({
    index: firstIndex + index,
    itemId: turn.itemId,
    arm: arm.name,
    phase,
    dueNs: index === 0 ? dueNs : null,
    session: sessionId === null ? null : { id: sessionId, turn: index, thinkMs: turn.thinkMs },
    model: arm.model,
    messages: messages[index] ?? [],
    parameters: parametersOf(turn.parameters),
    stream: scenario.request.stream,
    outputTokens: turn.outputTokens,
    checks: scenario.checks.concat(turn.checks),
    tags: turn.tags,
  }))
}

/** Body fields by rising precedence: those of all requests, the item's own, the arm's, the conversation's id. */
function bodyFieldsOf({ request }: Scenario, arm: Arm, sessionId: string | null) {
  return (own: PlannedRequest['parameters']): PlannedRequest['parameters'] => ({
    ...(request.maxTokens === null ? {} : { max_tokens: request.maxTokens }),
    ...request.parameters,
    ...own,
    ...arm.parameters,
    ...(sessionId === null ? {} : { session_id: sessionId }),
  })
}

function releaseOf({ arrivals }: Scenario): Release {
  return arrivals.kind === 'closed' ? { kind: 'closed', concurrency: arrivals.concurrency } : { kind: 'open' }
}

function finished(plan: Omit<Plan, 'hash'>): Plan {
  const hash = createHash('sha256').update(JSON.stringify([plan.seed, plan.release]))
  for (const request of plan.requests) hash.update(JSON.stringify(request))
  return Object.freeze({ ...plan, hash: hash.digest('hex') })
}
