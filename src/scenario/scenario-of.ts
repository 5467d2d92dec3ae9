import { formatUsd, parseUsd } from '../core/index.ts'
import { faultOf } from './fault-spec.ts'
import { changeOf, regimeOf } from './market-spec.ts'
import type { ScenarioFile } from './scenario-schema.ts'
import type { Arm, Arrivals, Scenario, TargetSpec, Workload } from './scenario-types.ts'

/** Brings a checked file into the program's names. Pure; nothing is checked again. */
export function scenarioOf(file: ScenarioFile): Scenario {
  const { phases, request, simulation, router, budget } = file
  return {
    version: file.version,
    name: file.name,
    description: file.description,
    seed: String(file.seed),
    arms: file.arms.map(armOf),
    workload: workloadOf(file.workload),
    arrivals: arrivalsOf(file.arrivals),
    phases: {
      warmupSeconds: phases.warmup_seconds,
      cooldownSeconds: phases.cooldown_seconds,
      warmupItems: phases.warmup_items,
      cooldownItems: phases.cooldown_items,
    },
    request: {
      maxTokens: request.max_tokens,
      stream: request.stream,
      timeoutMs: request.timeout_ms,
      parameters: request.parameters,
    },
    checks: file.checks,
    simulation: {
      speed: simulation.speed,
      faults: simulation.faults.map(faultOf),
      regimes: simulation.regimes.map(regimeOf),
      changes: simulation.changes.map(changeOf),
      catalogFiles: simulation.catalogs,
      calibrationFiles: simulation.calibrations,
      log: simulation.log,
    },
    router: {
      stickyTtlSeconds: router.sticky_ttl_seconds,
      attemptTimeoutMs: router.attempt_timeout_ms,
      firstTokenTimeoutMs: router.first_token_timeout_ms,
    },
    budget: { maxUsd: moneyOf(budget.max_usd), maxSeconds: budget.max_seconds },
    labels: file.labels,
  }
}

function armOf(arm: ScenarioFile['arms'][number]): Arm {
  const { name, model, parameters, session_id: sessionId } = arm
  return { name, model, target: targetOf(arm.target), parameters, sessionId }
}

function targetOf(target: ScenarioFile['arms'][number]['target']): TargetSpec {
  if (typeof target === 'string') return { kind: target }
  return { kind: 'url', baseUrl: target.base_url.replace(/\/+$/, ''), apiKeyEnv: target.api_key_env }
}

function workloadOf(workload: ScenarioFile['workload']): Workload {
  if (workload.kind !== 'sessions') return workload
  return {
    kind: 'sessions',
    file: workload.file,
    sessions: workload.sessions,
    maxTurns: workload.max_turns,
    speed: workload.think_speed,
    maxThinkSeconds: workload.max_think_seconds,
    maxInputTokens: workload.max_input_tokens,
    maxOutputTokens: workload.max_output_tokens,
  }
}

function arrivalsOf(arrivals: ScenarioFile['arrivals']): Arrivals {
  if (arrivals.kind === 'closed' || arrivals.kind === 'recorded') return arrivals
  return { kind: arrivals.kind, ratePerSecond: arrivals.rate_per_second }
}

function moneyOf(amount: string | number | null): string | null {
  const exact = amount === null ? null : parseUsd(String(amount))
  return exact === null ? null : formatUsd(exact)
}
