/** One thing wrong in a file, at its place. */
export interface Problem {
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based. */
  readonly column: number
  /** Short stable name of the rule that was broken, such as `unknown-key`. */
  readonly rule: string
  readonly message: string
}

/** A problem as one line that editors can follow: `file:line:column rule: message`. */
export function formatProblem({ file, line, column, rule, message }: Problem): string {
  return `${file}:${line}:${column} ${rule}: ${message}`
}
