import type { Check } from '../plan.ts'
import type { Prompt } from '../prompt.ts'

/** What an author of a built-in set writes; all the rest has a default. */
export interface Draft {
  readonly id: string
  readonly category: string
  readonly user: string
  readonly system?: string
  readonly maxTokens: number
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly checks?: readonly Check[]
}

/** A single prompt from its draft. */
export function single(draft: Draft): Prompt {
  const { id, category, user, system, maxTokens, parameters = {}, checks = [] } = draft
  const question = { role: 'user', content: user } as const
  return {
    id,
    line: 0,
    session: null,
    thinkMs: 0,
    messages: system === undefined ? [question] : [{ role: 'system', content: system }, question],
    timestampMs: null,
    maxTokens,
    parameters,
    checks,
    tags: { category },
  }
}

/** The turns of one conversation: questions, and the answers that stand between them in later prompts. */
export function chat(draft: {
  readonly id: string
  readonly system: string
  readonly maxTokens: number
  readonly thinkMs: number
  readonly turns: readonly (readonly [question: string, answer: string])[]
}): readonly Prompt[] {
  const { id, system, maxTokens, thinkMs, turns } = draft
  let spoken: Prompt['messages'] = [{ role: 'system', content: system }]
  return turns.map(([question, answer], turn) => {
    const messages: Prompt['messages'] = [...spoken, { role: 'user', content: question }]
    spoken = [...messages, { role: 'assistant', content: answer }]
    return {
      id: `${id}/${turn}`,
      line: 0,
      session: id,
      thinkMs: turn === 0 ? 0 : thinkMs,
      messages,
      timestampMs: null,
      maxTokens,
      parameters: {},
      checks: [],
      tags: { category: 'chat' },
    }
  })
}
