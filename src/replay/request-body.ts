import { type PlannedRequest, renderMessages } from '../scenario/index.ts'

/** The body of a planned request as bytes, ready before it is due so that rendering adds no lag. Pure. */
export function requestBody(request: PlannedRequest): Buffer {
  return Buffer.from(
    JSON.stringify({
      model: request.model,
      messages: renderMessages(request),
      stream: request.stream,
      ...(request.stream && { stream_options: { include_usage: true } }),
      ...request.parameters,
    }),
  )
}
