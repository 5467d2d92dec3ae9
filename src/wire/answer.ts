import type { Usage } from '../record/index.ts'
import { classifyErrorObject, type ExchangeError, type Trust } from './classify.ts'
import type { Delta } from './delta.ts'
import type { FinishReason } from './finish-reason.ts'
import { gatherToolCalls, type ToolCallParts } from './tool-calls.ts'
import type { Exchange, ExchangeOutcome } from './types.ts'

/** The content of an exchange, without its transport. */
export type AnswerContent = Pick<
  Exchange,
  | 'usage'
  | 'usageIsInvalid'
  | 'finishReason'
  | 'nativeFinishReason'
  | 'answerId'
  | 'model'
  | 'provider'
  | 'text'
  | 'toolCalls'
  | 'body'
>

/** Reads the body of one answer. Malformed content becomes an outcome, never a throw. */
export interface AnswerReader {
  /** Bytes arrived; `atNs` was taken before this call. */
  push(bytes: Buffer, atNs: number): void
  /** The body ended normally: how the exchange ended. */
  end(): ExchangeOutcome
  /** The connection broke: how the exchange ended. */
  broken(error: ExchangeError): ExchangeOutcome
  content(): AnswerContent
}

/** The parts of an answer gathered so far. */
export interface Answer {
  readonly texts: string[]
  readonly toolCalls: ToolCallParts
  usage: Usage | 'invalid' | null
  finishReason: FinishReason
  nativeFinishReason: string
  error: ExchangeError | null
  id: string
  model: string
  provider: string
}

/** An answer of which nothing has arrived. */
export function emptyAnswer(): Answer {
  return {
    texts: [],
    toolCalls: gatherToolCalls(),
    usage: null,
    finishReason: '',
    nativeFinishReason: '',
    error: null,
    id: '',
    model: '',
    provider: '',
  }
}

/** Adds what one chunk carries. The last usage wins: providers that send it on every chunk send running totals. */
export function addDelta(answer: Answer, delta: Delta, trust: Trust): void {
  if (delta.text !== '') answer.texts.push(delta.text)
  if (delta.toolCalls.length > 0) answer.toolCalls.add(delta.toolCalls)
  answer.usage = delta.usage ?? answer.usage
  answer.finishReason = delta.finishReason || answer.finishReason
  answer.nativeFinishReason = delta.nativeFinishReason || answer.nativeFinishReason
  if (delta.error) answer.error ??= classifyErrorObject(delta.error, trust)
  answer.id ||= delta.id
  answer.model = delta.model || answer.model
  answer.provider = delta.provider || answer.provider
}

/** The gathered parts as an exchange carries them. `body` is the parsed body of an answer that was no stream. */
export function contentOf(answer: Answer, body: unknown): AnswerContent {
  return {
    usage: answer.usage === 'invalid' ? null : answer.usage,
    usageIsInvalid: answer.usage === 'invalid',
    finishReason: answer.finishReason,
    nativeFinishReason: answer.nativeFinishReason,
    answerId: answer.id,
    model: answer.model,
    provider: answer.provider,
    text: answer.texts.join(''),
    toolCalls: answer.toolCalls.calls(),
    body,
  }
}
