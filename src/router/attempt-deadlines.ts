import type { Deadlines } from '../wire/index.ts'
import type { RouterSettings } from './settings.ts'

/** What the deadlines of one attempt depend on. */
export interface AttemptTime {
  readonly stream: boolean
  /** What is left for the whole request; null: any time. */
  readonly leftMs: number | null
  /** The first token's deadline by what the endpoint did of late; null: there is none. */
  readonly learnedMs: number | null
}

/**
 * The deadlines of one attempt. Without a stream, headers and the whole answer come together, so there are none for
 * headers, first token and stalls. Pure.
 */
export function attemptDeadlines(settings: RouterSettings, time: AttemptTime): Deadlines {
  const { attemptTimeoutMs, firstTokenTimeoutMs } = settings
  const { stream, leftMs, learnedMs } = time
  const both = { connectMs: settings.connectTimeoutMs, idleMs: settings.idleTimeoutMs, requestMs: leftMs }
  if (!stream) {
    return { ...both, headersMs: null, firstTokenMs: null, totalMs: unaryMs(settings) }
  }
  return {
    ...both,
    headersMs: settings.headersTimeoutMs,
    firstTokenMs: earlier(firstTokenTimeoutMs, learnedMs),
    stallMs: settings.stallTimeoutMs,
    totalMs: attemptTimeoutMs,
  }
}

/** Left to itself, a silent host takes no more than half of the request's time, so that another one can be tried. */
function unaryMs({ unaryTimeoutMs, attemptTimeoutMs, requestTimeoutMs }: RouterSettings): number {
  if (unaryTimeoutMs !== null) return unaryTimeoutMs
  return requestTimeoutMs === null ? attemptTimeoutMs : Math.min(attemptTimeoutMs, requestTimeoutMs / 2)
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}
