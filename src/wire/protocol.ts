import type { JsonObject } from '../core/index.ts'

/** What an encoder must know of the endpoint and the call. */
export interface EncodeOptions {
  /** Model name in the provider's own API. */
  readonly upstreamModel: string
  readonly stream: boolean
  /** Provider id, for what its host does differently from others of its protocol. Default: nothing. */
  readonly host?: string
  /** Parameters that the endpoint takes, by OpenRouter's names. Default: not known. */
  readonly supports?: ReadonlySet<string>
  /** Longest answer to ask for where the protocol wants a number and the caller gave none. Default 4096. */
  readonly defaultMaxTokens?: number
}

/** A request ready to send. */
export interface EncodedRequest {
  /** What follows the base URL of the API, with its query. */
  readonly path: string
  /** Beside the usual ones and the key. */
  readonly headers: Readonly<Record<string, string>>
  /** Header that carries the key: as a bearer token in `authorization`, bare in any other. */
  readonly keyHeader: string
  readonly body: string
  /** Fields of the caller that it leaves out, since the provider has no means for them and nobody else acts on them. */
  readonly leftOut: readonly string[]
  /** What it says otherwise than the caller, or on top: `max_tokens 64000`. */
  readonly changed: readonly string[]
}

/** Turns the events of one stream into OpenAI's chunks. Holds the state of that stream; touches nothing else. */
export interface StreamDecoder {
  /**
   * The chat completion chunks that one event stands for, in order: none for a ping, several where an event tells several
   * things. An `error` of the provider is a chunk with `error`. Never throws.
   */
  chunks(event: JsonObject): readonly JsonObject[]
  /** Whether the protocol's own mark of the end has come. */
  isOver(): boolean
}

/**
 * One provider protocol: how a chat request in OpenAI's shape is written, and an answer read back into that shape. Usage
 * becomes OpenAI's, with cached and written tokens inside `prompt_tokens` and reasoning inside `completion_tokens`.
 * Pure; all state is in decoders. docs/wires.md says what each can express.
 */
export interface WireProtocol {
  encode(fields: JsonObject, options: EncodeOptions): EncodedRequest
  /** A whole answer as a chat completion; a body with an error keeps it as `error`. Never throws. */
  decodeBody(body: JsonObject): JsonObject
  createDecoder(): StreamDecoder
  /** Text of an event that ends a stream without being JSON; null: there is none. */
  readonly endMark: string | null
  /** Whether an answer with a finish reason is whole without the mark of the end. */
  readonly isWholeOnFinish: boolean
  /** The body of an HTTP error with its `error` in OpenRouter's words; what is no such body as it is. Never throws. */
  decodeError(body: unknown): unknown
}
