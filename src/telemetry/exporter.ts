import type { Span } from './span-value.ts'

/**
 * Where spans go besides the store. Never blocks and never throws;
 * what it cannot deliver it counts in `dropped`.
 */
export interface SpanExporter {
  export(span: Span): void
  /** Spans lost so far. */
  dropped(): number
  /** Resolves when every span taken so far is delivered or counted as dropped. */
  flush(): Promise<void>
  /** Flushes, then takes no more: later spans count as dropped. */
  close(): Promise<void>
}
