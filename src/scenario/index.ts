// A scenario file becomes either the list of everything wrong with it or a validated scenario,
// and a scenario with a seed becomes a plan: the same requests at the same times, every time.
// Pure: reads no file and knows nothing of how a plan is played.
export type { Check, Plan, PlannedMessage, PlannedRequest, PlanPhase, PromptPart, Release } from './plan.ts'
export type { Arm, Arrivals, FaultSpec, Scenario, TargetSpec, Workload } from './scenario-types.ts'
