// Decides where a request goes: which endpoints may serve it, in which order, and why not the others.
// Pure: health, affinity, time and randomness are arguments, so a decision can be replayed offline.
export type {
  Candidate,
  EndpointHealth,
  Exclusion,
  ExclusionRule,
  ProviderPreferences,
  RouteRequest,
} from './types.ts'
