// Decides where a request goes: which endpoints may serve it, in which order, and why not the others.
// Pure: health, affinity, time and randomness are arguments, so a decision can be replayed offline.
export { type DecideOptions, decide } from './decide.ts'
export { explainDecision, type Explanation } from './explain.ts'
export { type KnownNames, knownNames } from './known-names.ts'
export {
  type AttemptKind,
  decideNext,
  type Failure,
  type FailureScope,
  type LoopState,
  type NextStep,
} from './next-attempt.ts'
export { unsupportedParameters } from './parameters.ts'
export { matchesAnyGlob } from './glob.ts'
export { parsePreferences } from './preferences.ts'
export { type NameProblem, type ResolveOptions, resolveModels } from './resolve-models.ts'
export { type ModelPool, noRoutingTables, type RoutingTables, type TaskRule } from './routing-tables.ts'
export { type RouteRequestOptions, routeRequest } from './route-request.ts'
export { combineAccessRules } from './access-rules.ts'
export { type KeyAtEndpoint, pickKey } from './pick-key.ts'
export { alternativeModels } from './alternative-models.ts'
export { type Pin, type PinState, readPin } from './pin.ts'
export { type Conversation, conversationOf, type ConversationWords } from './sticky-key.ts'
export { type StickyOutcome, stickyOutcome, type StickyResult } from './sticky-outcome.ts'
export { pinnedEndpoint, planSticky, type StickyPlan } from './sticky-plan.ts'
export {
  type Access,
  type AccessRules,
  type Candidate,
  type Decision,
  defaultPolicySettings,
  type Exclusion,
  type ExclusionRule,
  type ModelCandidate,
  noAccessRules,
  type PolicySettings,
  type ProviderPreferences,
  type Ranking,
  type RouteRequest,
} from './types.ts'
