import { createRng } from '../../core/index.ts'
import { buildPlan, type PlannedRequest, renderMessages, type Scenario } from '../../scenario/index.ts'
import type { LoadedScenario } from '../load-scenario.ts'

/** A prompt of a scenario as probes send it. */
export interface ProbePrompt {
  readonly itemId: string
  /** The body of a chat request to a model. */
  bodyFor(modelId: string): Buffer
}

/**
 * The prompts of a scenario in the order of its plan; of a conversation the first turn. Fields of its `request` and of the prompts
 * themselves are kept; those of arms are not, since they say where to go and a probe knows that.
 * @throws UserError E_TRACE_INVALID, E_SCENARIO_INVALID
 */
export function probePrompts({ scenario, files }: LoadedScenario): readonly ProbePrompt[] {
  const plan = buildPlan({ scenario: withoutArms(scenario), files, rng: createRng(scenario.seed) })
  return plan.requests
    .filter(({ session }) => session === null || session.turn === 0)
    .map(request => ({ itemId: request.itemId, bodyFor: modelId => bodyOf(request, modelId) }))
}

/** One arm without wishes, and no times: a watch has its own. */
function withoutArms(scenario: Scenario): Scenario {
  return {
    ...scenario,
    arms: [{ name: 'probe', model: '', target: { kind: 'router' }, parameters: {}, sessionId: false }],
    arrivals: { kind: 'closed', concurrency: 1 },
    phases: { warmupSeconds: 0, cooldownSeconds: 0, warmupItems: 0, cooldownItems: 0 },
  }
}

function bodyOf(request: PlannedRequest, model: string): Buffer {
  const { stream, parameters } = request
  const messages = renderMessages(request)
  const usage = stream ? { stream_options: { include_usage: true } } : {}
  return Buffer.from(JSON.stringify({ model, messages, stream, ...usage, ...parameters }))
}
