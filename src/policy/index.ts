// Decides where a request goes: which endpoints may serve it, in which order, and why not the others.
// Pure: health, affinity, time and randomness are arguments, so a decision can be replayed offline.
export {
  defaultHealthSettings,
  freshHealth,
  type HealthEvent,
  type HealthSettings,
  type HealthState,
  readHealth,
  updateHealth,
} from './health.ts'
export { decideNext, type FailureKind, failureKindOf, type LoopState, type NextStep } from './next-attempt.ts'
export { parametersOf, supports } from './parameters.ts'
export { parsePreferences } from './preferences.ts'
export { type RankOptions, rankEndpoints } from './rank.ts'
export {
  type Pin,
  type PinState,
  pinAfterSuccess,
  readPin,
  type StickyKey,
  type StickyResult,
  stickyKeyOf,
  stickyResultOf,
} from './sticky.ts'
export {
  type Access,
  type Candidate,
  defaultPolicySettings,
  type EndpointHealth,
  type Exclusion,
  type ExclusionRule,
  type PolicySettings,
  type Ranking,
  type RouteRequest,
} from './types.ts'
