import type { ErrorAnswer, RefusalPlace } from '../protocol.ts'
import type { Refusal } from '../model/answer.ts'

/** Canonical codes by HTTP status. */
const codeByStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** Messages for scripted statuses. */
const messageByStatus: Readonly<Record<number, string>> = {
  403: 'The caller does not have permission',
  500: 'An internal error has occurred. Please retry.',
  503: 'The model is overloaded. Please try again later.',
  504: 'The request timed out. Please try again.',
}

/** What stands for a record of an answer that fails after its status was sent. */
export const failureBody: object = bodyOf({
  code: 503,
  message: 'The model is overloaded. Please try again later.',
  status: 'UNAVAILABLE',
})

/** 403 for a request without a key, as the real API answers. */
export const missingKey: ErrorAnswer = {
  status: 403,
  body: bodyOf({
    code: 403,
    message: 'Method does not allow unregistered callers. Please use API Key or other form of identity.',
    status: 'PERMISSION_DENIED',
  }),
}

/** 404 for a model that the provider does not serve. */
export function unknownModel(model: string): ErrorAnswer {
  return answer(404, `models/${model} is not found for API version v1beta.`)
}

/** 400 (or another 4xx) for a request that cannot be taken. */
export function badRequest(status: number, message: string): ErrorAnswer {
  return answer(status, message)
}

/** The error answer of a refusal; a limit tells its quota and, where waiting helps, for how long. Pure. */
export function refusalAnswer(refusal: Refusal, { model, speed }: RefusalPlace): ErrorAnswer {
  switch (refusal.kind) {
    case 'status':
      return answer(refusal.status, messageByStatus[refusal.status] ?? `Simulated status ${refusal.status}.`)
    case 'quota':
      return answer(429, quotaMessage)
    case 'schema':
      return answer(400, `Invalid response schema: ${refusal.message}`)
    case 'context_length':
      return answer(
        400,
        `The input token count (${refusal.requestedTokens}) exceeds the maximum number of tokens allowed (${refusal.contextTokens}).`,
      )
    case 'limited': {
      const { limit, per = 'minute', retryAfterMs } = refusal
      const quotaId = `GenerateContent${limit === 'tokens' ? 'InputTokens' : 'Requests'}${quotaSpans[per]}`
      const violation = { quotaId, quotaDimensions: { model } }
      const wait = retryAfterMs === null ? null : `${Math.ceil(retryAfterMs / speed) / 1000}s`
      const details = [
        { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [violation] },
        ...(wait === null ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: wait }]),
      ]
      const message = wait === null ? quotaMessage : `${quotaMessage}\nPlease retry in ${wait}.`
      return { status: 429, body: bodyOf({ code: 429, message, status: 'RESOURCE_EXHAUSTED', details }) }
    }
  }
}

const quotaSpans = {
  minute: 'PerMinutePerProjectPerModel',
  day: 'PerDayPerProjectPerModel',
  concurrency: 'InFlightPerProjectPerModel',
} as const

const quotaMessage = 'You exceeded your current quota, please check your plan and billing details.'

interface ErrorBody {
  readonly code: number
  readonly message: string
  readonly status: string
  readonly details?: readonly object[]
}

function answer(status: number, message: string): ErrorAnswer {
  const usual = status < 500 ? 'INVALID_ARGUMENT' : 'UNKNOWN'
  return { status, body: bodyOf({ code: status, message, status: codeByStatus[status] ?? usual }) }
}

function bodyOf(error: ErrorBody): object {
  return { error }
}
