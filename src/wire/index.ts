// Speaks the providers' protocols: encodes requests, decodes answers and streams, classifies failures, stamps bytes.
// The only folder that touches the HTTP client. Decides nothing and records nothing.
export type { Deadlines, Exchange, ExchangeOutcome, Stamps, StreamEvent } from './types.ts'
