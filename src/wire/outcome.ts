import type { Fault } from '../record/index.ts'
import { type ErrorClass, errorClasses, isErrorType } from './error-classes.ts'
import type { Exchange } from './types.ts'

/** Error class of a finished exchange, for the records; empty on success. Pure. */
export function errorTypeOf({ outcome }: Pick<Exchange, 'outcome'>): string {
  if (outcome.kind === 'error') return outcome.errorType
  return outcome.kind === 'ok' ? '' : outcome.kind
}

/** Who is to blame for how an exchange ended. Pure. */
export function faultOfExchange({ outcome }: Pick<Exchange, 'outcome'>): Fault {
  if (outcome.kind === 'error') return outcome.fault
  if (outcome.kind === 'truncated') return 'provider'
  return outcome.kind === 'canceled' ? 'client' : 'none'
}

/** What follows from how an exchange ended; null: it succeeded. Pure. */
export function classOfExchange(exchange: Pick<Exchange, 'outcome'>): ErrorClass | null {
  const errorType = errorTypeOf(exchange)
  if (errorType === '') return null
  return errorClasses[isErrorType(errorType) ? errorType : 'router_internal']
}
