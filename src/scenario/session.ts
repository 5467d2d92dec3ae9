/** One request of a recorded conversation. Token counts are the recording's. */
export interface SessionRequest {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Length of the prompt's prefix that an earlier request of the session had already sent. */
  readonly cachedTokens: number
  /** Pause between the end of the request before and the start of this one. */
  readonly thinkSeconds: number
  /** Made by a sub-agent, which has a context of its own. */
  readonly subagent: boolean
}

/** A recorded conversation. */
export interface Session {
  readonly id: string
  /** Tool definitions and system prompt at the start of every prompt. */
  readonly preambleTokens: number
  readonly requests: readonly SessionRequest[]
}
