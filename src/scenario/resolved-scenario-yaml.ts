import { stringify } from 'yaml'
import { faultIn } from './fault-spec.ts'
import { changeIn, regimeIn } from './market-spec.ts'
import { parametersSchema, type ScenarioFileInput } from './scenario-schema.ts'
import type { Scenario, TargetSpec, Workload } from './scenario-types.ts'

/**
 * A scenario as a file with every default written out. Parsing it gives an equal scenario. Pure.
 */
export function resolvedScenarioYaml(scenario: Scenario): string {
  return stringify(fileOf(scenario), { aliasDuplicateObjects: false, lineWidth: 0 })
}

function fileOf(scenario: Scenario): ScenarioFileInput {
  const { phases, request, simulation, router, budget, arrivals } = scenario
  return {
    version: scenario.version,
    name: scenario.name,
    description: scenario.description,
    seed: scenario.seed,
    arms: scenario.arms.map(({ name, model, target, parameters, sessionId }) => ({
      name,
      model,
      target: targetIn(target),
      parameters: parametersSchema.parse(parameters),
      session_id: sessionId,
    })),
    workload: workloadIn(scenario.workload),
    arrivals:
      arrivals.kind === 'constant' || arrivals.kind === 'poisson'
        ? { kind: arrivals.kind, rate_per_second: arrivals.ratePerSecond }
        : arrivals,
    phases: {
      warmup_seconds: phases.warmupSeconds,
      cooldown_seconds: phases.cooldownSeconds,
      warmup_items: phases.warmupItems,
      cooldown_items: phases.cooldownItems,
    },
    request: {
      max_tokens: request.maxTokens,
      stream: request.stream,
      timeout_ms: request.timeoutMs,
      parameters: parametersSchema.parse(request.parameters),
    },
    checks: scenario.checks.map(check =>
      check.kind === 'json_schema'
        ? { kind: check.kind, schema: parametersSchema.parse(check.schema) }
        : check,
    ),
    simulation: {
      speed: simulation.speed,
      faults: simulation.faults.map(faultIn),
      regimes: simulation.regimes.map(regimeIn),
      changes: simulation.changes.map(changeIn),
      catalogs: [...simulation.catalogFiles],
      calibrations: [...simulation.calibrationFiles],
      log: simulation.log,
    },
    router: {
      sticky_ttl_seconds: router.stickyTtlSeconds,
      attempt_timeout_ms: router.attemptTimeoutMs,
      first_token_timeout_ms: router.firstTokenTimeoutMs,
    },
    budget: { max_usd: budget.maxUsd, max_seconds: budget.maxSeconds },
    labels: { ...scenario.labels },
  }
}

function targetIn(target: TargetSpec): NonNullable<ScenarioFileInput['arms'][number]['target']> {
  return target.kind === 'url' ? { base_url: target.baseUrl, api_key_env: target.apiKeyEnv } : target.kind
}

function workloadIn(workload: Workload): ScenarioFileInput['workload'] {
  switch (workload.kind) {
    case 'builtin':
      return { kind: workload.kind, set: workload.set, requests: workload.requests }
    case 'prompts':
      return workload
    case 'sessions':
      return {
        kind: workload.kind,
        file: workload.file,
        sessions: workload.sessions,
        max_turns: workload.maxTurns,
        think_speed: workload.speed,
        max_think_seconds: workload.maxThinkSeconds,
        max_input_tokens: workload.maxInputTokens,
        max_output_tokens: workload.maxOutputTokens,
      }
  }
}
