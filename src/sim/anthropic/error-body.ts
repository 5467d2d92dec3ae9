import type { ErrorAnswer, RefusalPlace } from '../protocol.ts'
import type { Refusal } from '../model/answer.ts'

/** Types of errors by status, as documented. */
const typeByStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** Messages for scripted statuses. */
const messageByStatus: Readonly<Record<number, string>> = {
  401: 'invalid x-api-key',
  402: 'Your credit balance is too low to access the API.',
  403: 'Your API key does not have permission to use the specified resource.',
  500: 'Internal server error',
  504: 'Request timed out',
  529: 'Overloaded',
}

/** What stands for an event of an answer that fails after its status was sent. */
export const failureBody: object = {
  type: 'error',
  error: { details: null, type: 'overloaded_error', message: 'Overloaded' },
}

/** 401 for a request without a key. */
export const missingKey: ErrorAnswer = {
  status: 401,
  body: bodyOf('authentication_error', 'x-api-key header is required'),
}

/** 404 for a model that the provider does not serve. */
export function unknownModel(model: string): ErrorAnswer {
  return answer(404, `model: ${model}`)
}

/** 400 (or another 4xx) for a request that cannot be taken. */
export function badRequest(status: number, message: string): ErrorAnswer {
  return answer(status, message)
}

/** The error answer of a refusal; wording follows recorded answers of the real API. Pure. */
export function refusalAnswer(refusal: Refusal, place: RefusalPlace): ErrorAnswer {
  const { status, message } = reasonOf(refusal, place)
  const { body } = answer(status, message)
  return { status, body: { ...body, request_id: `req_${place.id}` } }
}

interface Reason {
  readonly status: number
  readonly message: string
}

function reasonOf(refusal: Refusal, place: RefusalPlace): Reason {
  switch (refusal.kind) {
    case 'status': {
      const { status } = refusal
      return { status, message: messageByStatus[status] ?? `Simulated status ${status}.` }
    }
    case 'quota':
      return { status: 400, message: 'Your credit balance is too low to access the API.' }
    case 'schema':
      return { status: 400, message: `output_config.format.schema: ${refusal.message}` }
    case 'context_length': {
      const { requestedTokens, contextTokens } = refusal
      return {
        status: 400,
        message: `prompt is too long: ${requestedTokens} tokens > ${contextTokens} maximum`,
      }
    }
    case 'limited': {
      const { limit: what, per = 'minute' } = refusal
      const unit = per === 'concurrency' ? 'concurrent requests' : `${what} per ${per}`
      const limit = (place.limit ?? 60).toLocaleString('en-US')
      const message = `This request would exceed the rate limit for your organization of ${limit} ${unit}.`
      return { status: 429, message }
    }
  }
}

function answer(status: number, message: string): ErrorAnswer {
  const usual = status < 500 ? 'invalid_request_error' : 'api_error'
  return { status, body: bodyOf(typeByStatus[status] ?? usual, message) }
}

function bodyOf(type: string, message: string): object {
  return { type: 'error', error: { type, message } }
}
