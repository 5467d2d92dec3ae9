import type { JsonObject } from '../core/index.ts'
import { asArray, asObject, errorTypeOf, type StreamEvent } from '../wire/index.ts'
import type { Attempt } from './attempt.ts'
import type { ChatRequest } from './chat-request.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { RescueMode } from './rescue-mode.ts'
import { createSeam, repeatedBy } from './seam.ts'

/** What the caller is told when another attempt goes on with its answer. */
export interface RescueNotice {
  readonly mode: Exclude<RescueMode, 'off'>
  /** Number of the attempt that goes on. */
  readonly attempt: number
  /** Endpoint and error class of the attempt that broke off. */
  readonly from: string
  readonly cause: string
  /** Length of the text that the caller has and that is gone on with; 0 after a restart. */
  readonly kept_characters: number
}

/** Goes on with the answer of one request. */
export interface Rescuer {
  /** Whether another attempt may go on where this one broke off. */
  admits(made: Attempt): boolean
  /** Takes in an attempt that broke off after its first token. */
  note(made: Attempt): void
  /** The body for the next attempt, and what it says otherwise than the caller. */
  body(): { readonly body: JsonObject; readonly changed: readonly string[] }
  /** What the events of the next attempt go through, so that they follow on what the caller has. */
  seam(): (event: StreamEvent) => StreamEvent
  /**
   * A host refused the request with the text so far, which others had taken without: from now on the answer begins anew,
   * where it may. Whether it does.
   */
  giveUpText(): boolean
  /** null: no answer has broken off. */
  notice(attemptNo: number): RescueNotice | null
}

/** Makes the rescuer of one request. */
export function createRescuer(mode: RescueMode, { body, stream }: ChatRequest): Rescuer {
  let text = ''
  let isResuming = mode === 'resume'
  let broken: Attempt | null = null
  const mayRescue = mode !== 'off' && stream && isGoneOnWith(mode, body)
  return Object.freeze<Rescuer>({
    admits: ({ exchange, failure }) =>
      mayRescue &&
      failure?.ends === 'after_token' &&
      failure.scope !== 'request' &&
      // Half a tool call cannot be gone on with, and an answer that has told its end needs nothing more.
      exchange.toolCalls?.length === 0 &&
      exchange.finishReason === '',
    note: made => {
      broken = made
      if (isResuming) text += made.exchange.text.slice(repeatedBy(made.exchange.text, spaceAfter(text)))
    },
    body: () => (text.trim() === '' ? { body, changed: [] } : resumedBody(body, text)),
    seam: () => createSeam(text.trim() === '' ? '' : spaceAfter(text)),
    giveUpText: () => {
      if (!isResuming || text.trim() === '' || !isGoneOnWith('restart', body)) return false
      isResuming = false
      text = ''
      return true
    },
    notice: attemptNo => broken && noticeOf(broken, { isResuming, attemptNo, keptCharacters: text.length }),
  })
}

/** One choice, and no JSON that a mark in its midst would break. */
function isGoneOnWith(mode: RescueMode, body: JsonObject): boolean {
  const isSingle = (body['n'] ?? 1) === 1
  const format = asObject(body['response_format'])?.['type'] ?? 'text'
  return isSingle && (mode === 'resume' || format === 'text')
}

function noticeOf(
  { candidate, exchange }: Attempt,
  about: { readonly isResuming: boolean; readonly attemptNo: number; readonly keptCharacters: number },
): RescueNotice {
  return {
    mode: about.isResuming ? 'resume' : 'restart',
    attempt: about.attemptNo,
    from: candidate.endpoint.id,
    cause: errorTypeOf(exchange),
    kept_characters: about.keptCharacters,
  }
}

/** White space at the end, which is not sent: Anthropic refuses a beginning that ends in it. */
function spaceAfter(text: string): string {
  return text.slice(text.trimEnd().length)
}

/**
 * The request with the text so far as the beginning of its answer, which hosts go on with (OpenRouter: assistant
 * prefill), and less of the tokens that it may have. What the text has cost of them is estimated.
 */
function resumedBody(body: JsonObject, text: string): { body: JsonObject; changed: readonly string[] } {
  const spent = estimateTokens([{ content: text }], [])
  const limits = ['max_tokens', 'max_completion_tokens'].flatMap(name => {
    const limit = body[name]
    return typeof limit === 'number' ? [[name, Math.max(1, limit - spent)] as const] : []
  })
  const messages = [...asArray(body['messages']), { role: 'assistant', content: text.trimEnd() }]
  return {
    body: { ...body, messages, ...Object.fromEntries(limits) },
    changed: [`${text.length} characters of the answer before`, ...limits.map(pair => pair.join(' '))],
  }
}
