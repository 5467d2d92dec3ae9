import type { Session } from './session.ts'

/** Values at three ranks; null where there is nothing to rank. */
export interface Spread {
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
}

/** What recorded sessions are like. */
export interface SessionStats {
  readonly sessions: number
  readonly requests: number
  readonly subagentRequests: number
  readonly inputTokens: Spread
  readonly outputTokens: Spread
  /** Pauses before all requests but the first of each session. */
  readonly thinkSeconds: Spread
  /** Share of all input tokens that their session had sent before, 0 to 1; null without input. */
  readonly cachedRatio: number | null
}

/** Sums recorded sessions up. A quantile is the value at index ⌊level × n⌋ of the n sorted ones, as in reports. Pure. */
export function sessionStats(sessions: readonly Session[]): SessionStats {
  const requests = sessions.flatMap(session => session.requests)
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const inputTokens = requests.map(request => request.inputTokens)
  const input = sum(inputTokens)
  return {
    sessions: sessions.length,
    requests: requests.length,
    subagentRequests: requests.filter(request => request.subagent).length,
    inputTokens: spreadOf(inputTokens),
    outputTokens: spreadOf(requests.map(request => request.outputTokens)),
    thinkSeconds: spreadOf(
      sessions.flatMap(session => session.requests.slice(1).map(request => request.thinkSeconds)),
    ),
    cachedRatio: input === 0 ? null : sum(requests.map(request => request.cachedTokens)) / input,
  }
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (level: number) => sorted[Math.floor(level * sorted.length)] ?? null
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}
