import { type ErrorCode, errorCodes } from './error-codes.ts'

/** What a `UserError` carries besides its message. */
export interface UserErrorOptions {
  readonly code: ErrorCode
  /** What to do about it, one sentence. */
  readonly hint: string
  /** Every single problem found, one line each ("file:line:column rule: text"). */
  readonly problems?: readonly string[]
  readonly cause?: unknown
}

/** A condition the user can act on. The command line prints it without a stack and exits with `exitCode`. */
export class UserError extends Error {
  readonly code: ErrorCode
  readonly hint: string
  readonly problems: readonly string[]
  readonly exitCode: number

  constructor(message: string, options: UserErrorOptions) {
    super(message, { cause: options.cause })
    this.name = 'UserError'
    this.code = options.code
    this.hint = options.hint
    this.problems = options.problems ?? []
    this.exitCode = errorCodes[options.code]
  }
}

/** The message of anything that was thrown, for a sentence or a log line. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
