/** One line of a session file, as `parseSessions` reads it. */
export interface SessionLine {
  readonly id: string
  /** Tokens a block of the recording's prompt cache has. */
  readonly block_size: number
  readonly tool_tokens: number
  readonly system_tokens: number
  readonly requests: readonly SessionLineRequest[]
}

/** One request of a line. Seconds end in `_s`; tokens have no ending. */
export interface SessionLineRequest {
  /** Seconds since the start of the session; in a sub-agent, since the start of the sub-agent. */
  readonly t: number
  readonly model: string
  readonly in: number
  readonly out: number
  /** Length of the prompt's beginning that the session had sent before. */
  readonly cached: number
  readonly api_s?: number | undefined
  readonly think_s?: number | undefined
  readonly ttft_s?: number | undefined
  readonly stop?: string | undefined
  readonly subagent?: true | undefined
}
