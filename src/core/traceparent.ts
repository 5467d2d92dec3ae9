/** Position of a caller in a trace, as W3C Trace Context carries it from process to process. */
interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string
  /** Span id of the caller: 16 lower-case hex digits, not all zero. */
  readonly spanId: string
  /** Whether the caller keeps its spans. */
  readonly isSampled: boolean
}

const shape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const zeros = /^0+$/

/**
 * Reads a `traceparent` header (W3C Trace Context, section 3.2). Strict: upper-case digits, all-zero ids,
 * version `ff` and anything after the flags of version `00` make it invalid; a later version may carry more
 * after another dash. Pure.
 *
 * @returns null when the header is absent or invalid; the receiver then starts a trace of its own.
 */
export function parseTraceparent(text: string | undefined): TraceContext | null {
  const match = shape.exec(text ?? '')
  if (!match) return null
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = match
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null
  if (zeros.test(traceId) || zeros.test(spanId)) return null
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** Writes a `traceparent` header of version `00`. `parseTraceparent` gives the same context back. Pure. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}
