import type { Attempt } from './attempt.ts'

interface Span {
  readonly fromNs: number
  readonly toNs: number
}

/** Time in which at least one attempt was under way, in nanoseconds: hedges run beside each other. Pure. */
export function busyNs(attempts: readonly Attempt[]): number {
  return coveredNs(
    attempts.map(({ exchange: { stamps } }) => ({ fromNs: stamps.sentNs, toNs: stamps.closedNs })),
  )
}

/** The same, with the waits for a place at a provider: what is not the router's own time. Pure. */
export function busyOrQueuedNs(attempts: readonly Attempt[]): number {
  return coveredNs(
    attempts.map(attempt => ({
      fromNs: attempt.exchange.stamps.sentNs - attempt.queuedNs,
      toNs: attempt.exchange.stamps.closedNs,
    })),
  )
}

/** Waits for places at providers, in nanoseconds. Pure. */
export function queuedNs(attempts: readonly Attempt[]): number {
  return attempts.reduce((sum, attempt) => sum + attempt.queuedNs, 0)
}

function coveredNs(spans: readonly Span[]): number {
  let sum = 0
  let untilNs = Number.NEGATIVE_INFINITY
  for (const { fromNs, toNs } of spans.toSorted((a, b) => a.fromNs - b.fromNs)) {
    sum += Math.max(0, toNs - Math.max(fromNs, untilNs))
    untilNs = Math.max(untilNs, toNs)
  }
  return sum
}

/** Waits before attempts, to leave an endpoint time, in nanoseconds. Pure. */
export function backoffNs(attempts: readonly Attempt[]): number {
  return attempts.reduce((sum, attempt) => sum + attempt.backoffNs, 0)
}
