import type { ErrorAnswer, RefusalPlace } from '../protocol.ts'
import type { Refusal } from '../model/answer.ts'

/** The error answer of a refusal; wording follows recorded answers of the real API. Pure. */
export function refusalAnswer(refusal: Refusal, place: RefusalPlace): ErrorAnswer {
  switch (refusal.kind) {
    case 'status':
      return statusAnswer(refusal.status)
    case 'quota':
      return answer(429, {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      })
    case 'schema':
      return answer(400, {
        message: `Invalid schema for response_format: ${refusal.message}`,
        type: 'invalid_request_error',
        param: 'response_format',
        code: null,
      })
    case 'context_length':
      return answer(400, {
        message: `This model's maximum context length is ${refusal.contextTokens} tokens. However, your messages resulted in ${refusal.requestedTokens} tokens. Please reduce the length of the messages.`,
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      })
    case 'limited':
      return answer(429, {
        message: limitMessage(refusal, place),
        type: refusal.limit,
        param: null,
        code: 'rate_limit_exceeded',
      })
  }
}

/** What stands for a chunk, or for a body, of an answer that fails after its status was sent. */
export const failureBody: object = answer(500, {
  message: 'The server had an error while processing your request. Sorry about that!',
  type: 'server_error',
  param: null,
  code: 'server_error',
}).body

/** 401 for a request without a bearer token. */
export const missingKey: ErrorAnswer = answer(401, {
  message: "You didn't provide an API key. Provide it in an Authorization header using Bearer auth.",
  type: 'invalid_request_error',
  param: null,
  code: 'invalid_api_key',
})

/** 404 for a model that the provider does not serve. */
export function unknownModel(model: string): ErrorAnswer {
  return answer(404, {
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  })
}

/** 400 (or another 4xx) for a request that cannot be read. */
export function badRequest(status: number, message: string, param: string | null): ErrorAnswer {
  return answer(status, { message, type: 'invalid_request_error', param, code: null })
}

/** Types and codes of the documented statuses. */
const known: Readonly<Record<number, readonly [type: string, code: string | null, message: string]>> = {
  400: ['invalid_request_error', null, 'The request could not be processed.'],
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  403: ['permission_error', 'permission_denied', 'You are not allowed to use this model.'],
  404: ['invalid_request_error', 'model_not_found', 'The model does not exist.'],
  500: ['server_error', null, 'The server had an error while processing your request. Sorry about that!'],
  502: ['server_error', 'bad_gateway', 'Bad gateway.'],
  503: ['server_error', 'overloaded', 'The engine is currently overloaded, please try again later.'],
  504: ['server_error', 'timeout', 'The upstream did not answer in time.'],
  529: ['overloaded_error', 'overloaded', 'Overloaded.'],
}

function statusAnswer(status: number): ErrorAnswer {
  const fallback = status < 500 ? ('invalid_request_error' as const) : ('server_error' as const)
  const [type, code, message] = known[status] ?? [fallback, null, `Simulated status ${status}.`]
  return answer(status, { message, type, param: null, code })
}

function limitMessage(refusal: Refusal & { kind: 'limited' }, place: RefusalPlace): string {
  const { limit: what, per = 'minute', retryAfterMs, requestedTokens } = refusal
  const unit = per === 'concurrency' ? 'concurrent requests' : `${what} ${spans[per][what]}`
  const requested = what === 'tokens' ? requestedTokens : 1
  const figures = `Limit ${place.limit ?? 60}, Requested ${requested}.`
  if (retryAfterMs === null) return `Request too large for ${place.model} on ${unit}: ${figures}`
  const waitMs = Math.ceil(retryAfterMs / place.speed)
  return `Rate limit reached for ${place.model} on ${unit}: ${figures} Please try again in ${waitMs}ms.`
}

const spans = {
  minute: { requests: 'per min (RPM)', tokens: 'per min (TPM)' },
  day: { requests: 'per day (RPD)', tokens: 'per day (TPD)' },
} as const

interface ErrorBody {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

function answer(status: number, error: ErrorBody): ErrorAnswer {
  return { status, body: { error } }
}
