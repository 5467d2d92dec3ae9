// Speaks the providers' protocols: encodes requests, decodes answers and streams, classifies failures, stamps bytes.
// The only folder that touches the HTTP client. Decides nothing and records nothing.
export { errorOf, type ExchangeError } from './classify.ts'
export { type ErrorClass, errorClasses, type ErrorType, isErrorType } from './error-classes.ts'
export { exchange, type ExchangeOptions } from './exchange.ts'
export { decodeHeaderText, encodeHeaderText } from './header-text.ts'
export { createHttpPool, type HttpPool } from './http.ts'
export { asArray, asObject, asText, parseJson } from './json.ts'
export { normaliseFinishReason } from './finish-reason.ts'
export { classOfExchange, errorTypeOf, faultOfExchange } from './outcome.ts'
export { unsentExchange } from './unsent-exchange.ts'
export type { EncodedRequest, WireProtocol } from './protocol.ts'
export { wireProtocols } from './protocols.ts'
export { rateLimitState } from './rate-limit.ts'
export type {
  DeadlineName,
  Deadlines,
  Exchange,
  ExchangeOutcome,
  Stamps,
  StreamEvent,
  ToolCall,
} from './types.ts'
