import type {
  AttemptRecord,
  EndpointStateRecord,
  RecordSink,
  RequestRecord,
  SpanRow,
} from '../../src/record/index.ts'

/** A sink that keeps everything in memory, in the order it came. */
export interface MemorySink extends RecordSink {
  readonly requests: readonly RequestRecord[]
  readonly attempts: readonly AttemptRecord[]
  readonly states: readonly EndpointStateRecord[]
  readonly spans: readonly SpanRow[]
}

/** Makes an empty memory sink. */
export function createMemorySink(): MemorySink {
  const requests: RequestRecord[] = []
  const attempts: AttemptRecord[] = []
  const states: EndpointStateRecord[] = []
  const spans: SpanRow[] = []
  return {
    requests,
    attempts,
    states,
    spans,
    request: record => void requests.push(record),
    attempt: record => void attempts.push(record),
    state: record => void states.push(record),
    span: row => void spans.push(row),
    dropped: () => 0,
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}
