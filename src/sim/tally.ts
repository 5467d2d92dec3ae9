import type { AnswerUsage } from './model/answer.ts'

/** What one endpoint did since the last reset. */
export interface EndpointStats {
  readonly endpoint: string
  /** Requests that reached the endpoint, refused and reset ones included. */
  readonly requests: number
  /** Requests by HTTP status; `reset` where the connection was reset instead. */
  readonly byStatus: Readonly<Record<string, number>>
  /** Tokens of answers that were begun. Output counts what was written before a cut or a cancellation. */
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly writtenTokens: number
  readonly outputTokens: number
  /** Requests that the caller gave up before the end. */
  readonly canceled: number
  /** Answers cut by a fault. */
  readonly cut: number
}

/** Counts of one endpoint. */
export interface Tally {
  arrived(): void
  status(status: number | 'reset'): void
  input(usage: AnswerUsage): void
  output(tokens: number): void
  canceled(): void
  cut(): void
  stats(): EndpointStats
}

/** Makes counts that start at zero. */
export function createTally(endpoint: string): Tally {
  const byStatus: Record<string, number> = {}
  const count = {
    requests: 0,
    inputTokens: 0,
    cachedTokens: 0,
    writtenTokens: 0,
    outputTokens: 0,
    canceled: 0,
    cut: 0,
  }
  return Object.freeze({
    arrived: () => void (count.requests += 1),
    status: (status: number | 'reset') => void (byStatus[status] = (byStatus[status] ?? 0) + 1),
    input: (usage: AnswerUsage) => {
      count.inputTokens += usage.inputTokens
      count.cachedTokens += usage.cachedTokens
      count.writtenTokens += usage.writtenTokens
    },
    output: (tokens: number) => void (count.outputTokens += tokens),
    canceled: () => void (count.canceled += 1),
    cut: () => void (count.cut += 1),
    stats: () => ({ endpoint, ...count, byStatus: { ...byStatus } }),
  })
}
