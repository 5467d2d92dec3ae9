import type { Deadlines } from '../wire/index.ts'
import type { RouterSettings } from './settings.ts'

/** What the deadlines of one attempt depend on. */
export interface AttemptTime {
  readonly stream: boolean
  /** What is left for the whole request; null: any time. */
  readonly leftMs: number | null
}

/**
 * The deadlines of one attempt. Without a stream, headers and the whole answer come together, so there are none for
 * headers, first token and stalls. Pure.
 */
export function attemptDeadlines(settings: RouterSettings, { stream, leftMs }: AttemptTime): Deadlines {
  const { attemptTimeoutMs, unaryTimeoutMs } = settings
  const both = { connectMs: settings.connectTimeoutMs, idleMs: settings.idleTimeoutMs, requestMs: leftMs }
  if (!stream) {
    return { ...both, headersMs: null, firstTokenMs: null, totalMs: unaryTimeoutMs ?? attemptTimeoutMs }
  }
  return {
    ...both,
    headersMs: settings.headersTimeoutMs,
    firstTokenMs: settings.firstTokenTimeoutMs,
    stallMs: settings.stallTimeoutMs,
    totalMs: attemptTimeoutMs,
  }
}
