import type { Check, PlannedMessage } from './plan.ts'

/** One turn of a unit, but for its messages. */
interface WorkTurn {
  readonly itemId: string
  readonly thinkMs: number
  /** Body fields of its own, `max_tokens` among them. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Length of the recorded answer; null: none was recorded. */
  readonly outputTokens: number | null
  readonly checks: readonly Check[]
  readonly tags: Readonly<Record<string, string>>
}

/** What arrives as one and is played once per arm: a single request, or a whole conversation. */
export interface WorkUnit {
  /** Name of the conversation; null for a single request. */
  readonly session: string | null
  /** Recorded start; null: the arrival process decides. */
  readonly startMs: number | null
  readonly turns: readonly WorkTurn[]
  /**
   * The messages of each turn. Prompts under different namespaces share no prefix, so that no arm
   * warms a prompt cache for another; under null they are as the workload has them.
   */
  messagesIn(namespace: string | null): readonly (readonly PlannedMessage[])[]
}
