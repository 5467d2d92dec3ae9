import type { JsonObject } from '../core/index.ts'
import { asArray, asObject } from '../wire/index.ts'
import { chunkBody, closingChunk, type Signature } from './answer-body.ts'
import type { RescueNotice } from './rescue.ts'

/** Far beyond any role or metadata that comes before a first token. */
const maxHeldChars = 2 ** 20

/** The chunks of one attempt, held back until its first token. */
export interface HeldAnswer {
  readonly signature: Signature
  /** Takes a chunk of the provider; sends what there is from the first token on. */
  take(data: JsonObject, hasToken: boolean): void
  /** Whether a token has been sent. */
  hasToken(): boolean
  /** Sends what is held back: the answer is whole. */
  release(): void
}

/** What an answer is sent by. */
export interface HeldAnswerOptions {
  readonly signature: Signature
  /** Goes before the first chunk, where the attempt goes on with an answer that broke off. */
  readonly notice: RescueNotice | null
  readonly send: (chunk: JsonObject) => void
}

/** Holds back the answer of one attempt. */
export function createHeldAnswer({ signature, notice, send }: HeldAnswerOptions): HeldAnswer {
  let held: JsonObject[] = notice ? [rescueChunk(signature, notice)] : []
  let heldChars = 0
  let hasToken = false
  const release = () => {
    for (const chunk of held) send(chunk)
    held = []
  }
  return Object.freeze<HeldAnswer>({
    signature,
    take: (data, isToken) => {
      if (!belongsToCaller(data)) return
      hasToken ||= isToken
      // Without a token it carries nothing of the answer, so what goes past the bound is dropped.
      if (!hasToken) heldChars += JSON.stringify(data).length
      if (hasToken || heldChars <= maxHeldChars) held.push(chunkBody(data, signature))
      if (hasToken) release()
    },
    hasToken: () => hasToken,
    release,
  })
}

/** Error chunks are told in our own words, and usage comes once, at the end. */
function belongsToCaller(data: JsonObject): boolean {
  if (data['error']) return false
  const choices = asArray(data['choices'])
  if (choices.length === 0 && data['usage']) return false
  return !choices.some(choice => asObject(choice)?.['finish_reason'] === 'error')
}

/** Stands between the two parts of a text that a restart makes of an answer. */
const restartMark = '\n\n[The answer above broke off. It begins anew.]\n\n'

/** Tells that another attempt goes on with the answer; of a restart the text tells it as well. */
function rescueChunk(signature: Signature, notice: RescueNotice): JsonObject {
  const chunk = closingChunk(signature, { router_trace: { rescue: notice } })
  if (notice.mode === 'resume') return chunk
  const delta = { role: 'assistant', content: restartMark }
  return { ...chunk, choices: [{ index: 0, delta, finish_reason: null, native_finish_reason: null }] }
}
