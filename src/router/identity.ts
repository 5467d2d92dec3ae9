import type { Call } from './call.ts'

/** Head of every answer and every chunk. */
export interface AnswerIdentity {
  readonly id: string
  /** Unix seconds. */
  readonly created: number
}

/** The identity of a call's answer. Pure. */
export function answerIdentity({ generationId, receivedEpochUs }: Call): AnswerIdentity {
  return { id: generationId, created: Math.floor(receivedEpochUs / 1e6) }
}
