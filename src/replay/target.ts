/** An OpenAI-compatible API that requests are sent to. The replayer knows no more of a router than this. */
export interface Target {
  /** Name in the records. */
  readonly name: string
  /** Full URL of the chat completions call. */
  readonly url: string
  /** Bearer token; null: none. */
  readonly apiKey: string | null
  /**
   * Whether to send `x-routebench-*` headers, with which the instrumented router writes its rows under the same
   * run and request ids. Other APIs never see them.
   */
  readonly sendsRunHeaders: boolean
}
