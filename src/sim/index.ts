// Simulated providers: a pure model of how each endpoint answers (latency, prompt cache, limits, faults),
// and real HTTP servers on loopback that play what the model decides. The independent ground truth:
// knows nothing of scenarios, records, the router or the wire. Never keeps or logs a prompt.
export type { AnswerPlan, AnswerUsage, ModelRequest, Refusal } from './model/answer-plan.ts'
export { type Arrival, createEndpointModel, type EndpointModel } from './model/endpoint-model.ts'
export type { FaultRule } from './model/faults.ts'
export { type EndpointProfile, profileOf } from './model/profile.ts'
export { digestPrompt, type PromptDigest, type PromptPart } from './model/prompt-digest.ts'
export {
  openSimulatedProviders,
  type SimulatedProviders,
  type SimulatedProvidersOptions,
  type SimulationStats,
} from './providers-server.ts'
