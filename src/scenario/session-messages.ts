import type { PlannedMessage } from './plan.ts'
import type { Session, SessionRequest } from './session.ts'

/** A run of filler by one speaker. */
interface SpinePart {
  readonly role: PlannedMessage['role']
  readonly key: string
  readonly tokens: number
}

/** What one prompt of a session consists of, from its start. */
interface Spine {
  readonly parts: readonly SpinePart[]
  readonly tokens: number
  readonly subagent: boolean
}

/**
 * The messages of each turn of a recorded session, made of filler under keys that begin with `keyPrefix`.
 *
 * A turn's prompt has exactly its recorded length, and shares with the prompts before it exactly the recorded
 * cached prefix: it is the most recent earlier prompt that is long enough (a sub-agent's own, where there is
 * one), cut at `cachedTokens`, and then new text: the answer of the turn before, and a new user message.
 * Text that was never sent cannot be shared: a first turn that was recorded as cached starts afresh. Pure.
 */
export function sessionMessages(session: Session, keyPrefix: string): readonly (readonly PlannedMessage[])[] {
  const spines: Spine[] = []
  for (const [turn, request] of session.requests.entries()) {
    const kept = cut(baseOf(request, spines), request.cachedTokens)
    const keptTokens = tokensIn(kept)
    const fresh = freshParts({
      keyPrefix: `${keyPrefix}/${turn}`,
      tokens: request.inputTokens - keptTokens,
      preambleTokens: keptTokens === 0 ? session.preambleTokens : 0,
      answerTokens: keptTokens === 0 ? 0 : (session.requests[turn - 1]?.outputTokens ?? 0),
    })
    spines.push({ parts: [...kept, ...fresh], tokens: request.inputTokens, subagent: request.subagent })
  }
  return spines.map(spine => messagesOf(spine.parts))
}

function baseOf(request: SessionRequest, spines: readonly Spine[]): readonly SpinePart[] {
  const longEnough = spines.filter(spine => spine.tokens >= request.cachedTokens)
  const own = longEnough.findLast(spine => spine.subagent === request.subagent)
  return (own ?? longEnough.at(-1))?.parts ?? spines.toSorted((a, b) => b.tokens - a.tokens)[0]?.parts ?? []
}

function cut(parts: readonly SpinePart[], tokens: number): readonly SpinePart[] {
  let left = tokens
  return parts.flatMap(part => {
    const taken = Math.min(part.tokens, left)
    left -= taken
    return taken === 0 ? [] : taken === part.tokens ? [part] : [{ ...part, tokens: taken }]
  })
}

interface Fresh {
  readonly keyPrefix: string
  readonly tokens: number
  readonly preambleTokens: number
  readonly answerTokens: number
}

/** New text of `tokens` tokens; its last part is the user's and is never empty while there is any. */
function freshParts({ keyPrefix, tokens, preambleTokens, answerTokens }: Fresh): readonly SpinePart[] {
  const system = Math.min(preambleTokens, Math.max(0, tokens - 1))
  const answer = Math.min(answerTokens, Math.max(0, tokens - system - 1))
  const parts: readonly SpinePart[] = [
    { role: 'system', key: `${keyPrefix}/system`, tokens: system },
    { role: 'assistant', key: `${keyPrefix}/answer`, tokens: answer },
    { role: 'user', key: `${keyPrefix}/user`, tokens: tokens - system - answer },
  ]
  return parts.filter(part => part.tokens > 0)
}

function messagesOf(parts: readonly SpinePart[]): readonly PlannedMessage[] {
  const messages: { role: PlannedMessage['role']; parts: PlannedMessage['parts'] }[] = []
  for (const { role, key, tokens } of parts) {
    const part = { kind: 'filler', key, tokens } as const
    const last = messages.at(-1)
    if (last?.role === role) last.parts = [...last.parts, part]
    else messages.push({ role, parts: [part] })
  }
  return messages
}

function tokensIn(parts: readonly SpinePart[]): number {
  return parts.reduce((sum, part) => sum + part.tokens, 0)
}
