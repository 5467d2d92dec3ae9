import { describeSticky, type StickyPlan } from './sticky-plan.ts'
import {
  type Candidate,
  type Decision,
  type ExclusionRule,
  exclusionRules,
  type ModelCandidate,
  type RouteRequest,
} from './types.ts'

/** OpenRouter's words for how a request came to its models (`openrouter_metadata.strategy`). */
type NameStrategy = 'direct' | 'auto' | 'free' | 'latest' | 'alias' | 'fallback'

/**
 * Why a request goes where it goes: the one value behind the `decision` of its record, the `router_trace` of its
 * answer and `routebench explain`. Plain JSON in the style of the API; no contents, no keys.
 */
export interface Explanation {
  /** Strategy that decided the first candidate, with the version of the policy. */
  readonly policy: string
  readonly strategy: NameStrategy
  /** Task rule that matched; null: none. */
  readonly rule: string | null
  /** Candidate models in order, how the request's words led to them, and what decided the order of their endpoints. */
  readonly models: readonly {
    readonly requested: string
    readonly model: string
    readonly via: ModelCandidate['via']
    readonly variant: ModelCandidate['variant']
    readonly decided_by: string
    readonly sticky: string
  }[]
  readonly sticky: {
    /** What named the conversation; empty: nothing did. */
    readonly key_source: string
    /** Whether the first endpoint of the conversation is drawn by its key instead of by chance. */
    readonly drawn_by_key: boolean
  }
  /** Every endpoint that may be tried, in order, across models. */
  readonly candidates: readonly {
    readonly endpoint: string
    readonly model: string
    /** Meaning depends on the reason; six digits. */
    readonly score: number
    readonly reason: string
  }[]
  /** Every endpoint that may not, with the first rule that refused it; in the order of the rules. */
  readonly excluded: readonly {
    readonly endpoint: string
    readonly model: string
    readonly rule: ExclusionRule
    readonly detail: string
  }[]
  /** Fields of `provider` that had no effect; left out when there are none. */
  readonly ignored?: readonly string[]
}

/** What is explained. */
export interface ExplainOptions {
  /** As it was routed. */
  readonly request: RouteRequest
  /** Names of models as the caller wrote them. */
  readonly requestedModels: readonly string[]
  readonly decision: Decision
  readonly sticky: StickyPlan
}

/** Explains a decision. Pure: the same decision always gives the same value. */
export function explainDecision(options: ExplainOptions): Explanation {
  const { request, requestedModels, decision, sticky } = options
  const { ignoredFields } = request.preferences
  return {
    policy: decision.policy,
    strategy: nameStrategy(requestedModels, request.models),
    rule: request.rule,
    models: decision.models.map(({ model, strategy }) => ({
      requested: model.requested,
      model: model.modelId,
      via: model.via,
      variant: model.variant,
      decided_by: strategy,
      sticky: stickyOf(model, sticky),
    })),
    sticky: { key_source: sticky.conversation?.source ?? '', drawn_by_key: sticky.affinityKey !== null },
    candidates: decision.candidates.map(candidateOf),
    excluded: exclusionsOf(decision),
    ...(ignoredFields.length > 0 && { ignored: ignoredFields }),
  }
}

function candidateOf({ endpoint, score, reason }: Candidate): Explanation['candidates'][number] {
  return { endpoint: endpoint.id, model: endpoint.modelId, score: Number(score.toPrecision(6)), reason }
}

function exclusionsOf({ models }: Decision): Explanation['excluded'] {
  return models
    .flatMap(({ excluded }) => excluded)
    .toSorted((a, b) => exclusionRules.indexOf(a.rule) - exclusionRules.indexOf(b.rule))
    .map(({ endpoint, rule, detail }) => ({ endpoint: endpoint.id, model: endpoint.modelId, rule, detail }))
}

function stickyOf({ modelId }: ModelCandidate, { models }: StickyPlan): string {
  const sticky = models.find(model => model.modelId === modelId)
  return sticky ? describeSticky(sticky) : ''
}

/** The first name decides; only where that is a model as it stands does a chain count as `fallback`. */
function nameStrategy(names: readonly string[], models: readonly ModelCandidate[]): NameStrategy {
  const first = names[0] ?? ''
  const via = models.find(({ requested }) => requested === first)?.via ?? models[0]?.via
  if (first.startsWith('~')) return 'latest'
  if (via === 'pool') return first === 'openrouter/free' ? 'free' : 'auto'
  if (via === 'rule') return 'auto'
  if (via === 'alias') return 'alias'
  return names.length > 1 ? 'fallback' : 'direct'
}
