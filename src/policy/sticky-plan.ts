import type { Endpoint } from '../catalog/index.ts'
import { noPin, type Pin, type PinState, readPin, rewardsStaying } from './pin.ts'
import type { Conversation } from './sticky-key.ts'
import type { ModelCandidate, PolicySettings, RouteRequest } from './types.ts'

/** What sticky routing means for one candidate model of a request. */
export interface ModelSticky {
  readonly modelId: string
  /** Why it is switched off; null: it is on. */
  readonly off: string | null
  /** The conversation's pin on the model; none when switched off. */
  readonly pin: PinState
}

/** What sticky routing means for a request, before its first attempt. */
export interface StickyPlan {
  /** null: nothing names it. */
  readonly conversation: Conversation | null
  /** One for each candidate model, in their order. */
  readonly models: readonly ModelSticky[]
  /**
   * What the first endpoint of the conversation is drawn by, so that routers without shared state choose alike;
   * null: by chance.
   */
  readonly affinityKey: string | null
}

/** What a plan depends on. */
export interface StickyPlanOptions {
  readonly request: RouteRequest
  readonly conversation: Conversation | null
  readonly settings: PolicySettings
  readonly pinOf: (modelId: string) => Pin | undefined
  readonly endpointsOf: (modelId: string) => readonly Endpoint[]
  readonly nowNs: number
}

/** Says for each candidate model whether sticky routing is on and where the conversation is pinned. Pure. */
export function planSticky(options: StickyPlanOptions): StickyPlan {
  const { request, conversation, pinOf, nowNs } = options
  const models = request.models.map(model => {
    const off = conversation === null ? 'nothing names the conversation' : offOf(model, options)
    const pin = off === null ? readPin(pinOf(model.modelId), nowNs) : noPin
    return { modelId: model.modelId, off, pin }
  })
  return { conversation, models, affinityKey: affinityKeyOf(models, options) }
}

/** `order` beats `sort`, and both beat sticky routing (docs/routing.md, Precedence). */
function offOf(model: ModelCandidate, { request, settings }: StickyPlanOptions): string | null {
  const { order, sort, sticky } = request.preferences
  if (!sticky) return 'provider.sticky is false'
  if (order.length > 0) return settings.stickyWithinOrder ? null : 'provider.order'
  if (sort !== null) return `provider.sort is ${sort}`
  return model.variant === null ? null : `variant :${model.variant}`
}

/** The endpoint that the conversation is pinned to on a model; null: none. Pure. */
export function pinnedEndpoint(plan: StickyPlan, modelId: string): string | null {
  const pin = plan.models.find(m => m.modelId === modelId && m.off === null)?.pin
  return pin?.kind === 'live' ? pin.endpointId : null
}

/**
 * A conversation that the caller named is always drawn by its key. One known by its opening is only where an endpoint
 * could keep a prompt of its length, so that short equal prompts are still spread by price.
 */
function affinityKeyOf(
  models: readonly ModelSticky[],
  { conversation, request, endpointsOf }: StickyPlanOptions,
): string | null {
  const on = models.filter(({ off }) => off === null)
  if (conversation === null || on.length === 0) return null
  const canKeep = (e: Endpoint) => rewardsStaying(e) && request.estimatedInputTokens >= e.cache.minTokens
  const isOf = conversation.isExplicit || on.some(({ modelId }) => endpointsOf(modelId).some(canKeep))
  return isOf ? conversation.key : null
}

/** Says in words how the plan stands for a model. Pure. */
export function describeSticky({ off, pin }: ModelSticky): string {
  if (off !== null) return `off: ${off}`
  switch (pin.kind) {
    case 'live':
      return `pinned at ${pin.endpointId}`
    case 'expired':
      return `idle pin at ${pin.endpointId} expired`
    case 'none':
      return 'not pinned yet'
  }
}
