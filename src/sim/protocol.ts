import type { Endpoint } from '../catalog/index.ts'
import type { AnswerChunk, AnswerPlan, Refusal } from './model/answer.ts'
import type { IncomingMessage } from 'node:http'
import type { AnswerWish } from './model/answer-text.ts'
import type { PromptPart } from './model/prompt-digest.ts'
import type { RateState } from './model/rate-limiter.ts'
import type { ReasoningWish } from './model/reasoning.ts'

/** A plan that answers. */
export type AnsweringPlan = AnswerPlan & { readonly kind: 'answer' }

/** A request that a protocol could read. */
export interface ChatRequest {
  readonly model: string
  /** Service tier asked for; left out: the usual one. */
  readonly tier?: Endpoint['tier']
  readonly stream: boolean
  readonly prompt: readonly PromptPart[]
  readonly maxTokens: number | null
  readonly wish: AnswerWish
  /** Texts that end the answer before they would appear. */
  readonly stop: readonly string[]
  /** undefined: as the model does by itself. */
  readonly reasoning: ReasoningWish | undefined
  /** How many answers to give; left out: one. */
  readonly choices?: number
  /** How the answer is to be written. */
  readonly shape: AnswerShape
}

/** What a caller says of the form of an answer. */
export interface AnswerShape {
  /** Whether a stream ends with a usage chunk (OpenAI; the others always tell). */
  readonly includeUsage: boolean
  /** Whether reasoning is shown (Gemini; it is billed either way). */
  readonly includeReasoning: boolean
}

/** A request that the provider's API would turn down, with the field at fault. */
export interface InvalidRequest {
  readonly kind: 'invalid'
  readonly message: string
  readonly param: string | null
}

/** What a request says outside its body. */
export interface CallFacts {
  /** Length of a free answer that the caller asked for by header; null: none. */
  readonly outputTokens: number | null
  /** The model in the path (Gemini); null: the body names it. */
  readonly model: string | null
  /** Whether the path asks for a stream (Gemini). */
  readonly stream: boolean
}

/** An error answer in a protocol's shape. */
export interface ErrorAnswer {
  readonly status: number
  readonly body: object
}

/** Where a refusal happened, for its message. */
export interface RefusalPlace {
  /** Names the answer, see `AnswerHead`. */
  readonly id: string
  readonly model: string
  /** The limit that was met, where it is known. */
  readonly limit: number | null
  /** How much faster than life the simulation runs. */
  readonly speed: number
}

/** What names an answer. */
export interface AnswerHead {
  /** 24 hex digits; each protocol puts its own letters before them. */
  readonly id: string
  /** Unix seconds. */
  readonly created: number
  readonly model: string
  /** Provider id, for what its dialect does differently. */
  readonly provider: string
}

/** An answer to write. */
export interface AnswerToWrite {
  readonly head: AnswerHead
  readonly plan: AnsweringPlan
  readonly shape: AnswerShape
}

/** Writes the records of one streamed answer, each with its closing blank line. Pieces must come in order. */
export interface AnswerWriter {
  /** What stands before the first piece and leaves with it. */
  open(): string
  /** May be empty: not all pieces are shown. */
  piece(chunk: AnswerChunk): string
  /** What stands after the last piece and leaves with it. */
  close(): string
  /** An error in the middle, after which nothing follows. */
  failure(): string
}

/** What a response's headers tell beside its type. */
export interface HeaderFacts {
  /** Names the answer, see `AnswerHead`. */
  readonly id: string
  /** Provider id, for what its dialect does differently. */
  readonly provider: string
  readonly rate: RateState
  /** null: not asked to wait. */
  readonly retryAfterMs: number | null
  /** Now, in Unix milliseconds. */
  readonly epochMs: number
  /** How much faster than life the simulation runs; limits refill by simulated time. */
  readonly speed: number
}

/** One protocol: how requests are read and answers are written. Decides nothing about an answer. Pure. */
export interface Protocol {
  parse(
    body: unknown,
    facts: CallFacts,
  ): { readonly kind: 'ok'; readonly request: ChatRequest } | InvalidRequest
  /** The API key; null: there is none. */
  keyOf(request: IncomingMessage): string | null
  headers(facts: HeaderFacts): Readonly<Record<string, string>>
  /** The body of an answer that is not streamed. */
  wholeBody(answer: AnswerToWrite): string
  createWriter(answer: AnswerToWrite): AnswerWriter
  /** Content type of a stream. */
  readonly streamType: string
  /** The body of an error that comes with status 200. */
  readonly failureBody: object
  /** A request that cannot be taken; `status` is a 4xx. */
  badRequest(status: number, message: string, param: string | null): ErrorAnswer
  readonly missingKey: ErrorAnswer
  unknownModel(model: string): ErrorAnswer
  refusal(refusal: Refusal, place: RefusalPlace): ErrorAnswer
  /** How its API counts a prompt without answering it; null: it does not. */
  readonly counting: PromptCounting | null
}

/** One API's way to count the tokens of a prompt. */
export interface PromptCounting {
  /** The chat request that a body of this call stands for. */
  chatBody(body: unknown): unknown
  /** The body of the answer. */
  answerBody(tokens: number): object
}
