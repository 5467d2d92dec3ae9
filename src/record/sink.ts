import type { AttemptRecord } from './attempt-columns.ts'
import type { EndpointStateRecord } from './endpoint-state-columns.ts'
import type { RequestRecord } from './request-columns.ts'
import type { SpanRow } from './span.ts'

/**
 * Where engines put finished facts. A sink never blocks and never throws;
 * what it cannot keep it counts in `dropped`.
 */
export interface RecordSink {
  request(record: RequestRecord): void
  attempt(record: AttemptRecord): void
  /** A change of an endpoint's state. */
  state(record: EndpointStateRecord): void
  span(row: SpanRow): void
  /** Rows lost so far. */
  dropped(): number
  /** Resolves when everything taken so far is on disk. */
  flush(): Promise<void>
  close(): Promise<void>
}
