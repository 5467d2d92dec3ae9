import type { JsonObject } from '../../core/index.ts'
import { type ApiError, apiError } from '../api-error.ts'
import type { RouterContext } from '../context.ts'
import type { Caller } from '../keys/key-ring.ts'

/** One request of the read API. */
export interface Read {
  readonly context: RouterContext
  /** null: a router with keys was shown none. Only routes that are open to everyone see it. */
  readonly caller: Caller | null
  /** As the caller wrote it, for links to itself. */
  readonly path: string
  /** Variable parts of the path in their order, decoded. */
  readonly parts: readonly string[]
  readonly query: URLSearchParams
}

/** A read of a caller that is known. */
export interface KnownRead extends Read {
  readonly caller: Caller
}

/** What a read is answered with: 200 and a body, or an error. */
export type ReadAnswer =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly error: ApiError }

/** An answer with a body. Pure. */
export function found(body: JsonObject): ReadAnswer {
  return { ok: true, body }
}

/** An answer that refuses; `problem` is told to the caller. Pure. */
export function refused(
  errorType: 'invalid_request' | 'not_found' | 'permission_denied',
  problem: string,
): ReadAnswer {
  return { ok: false, error: apiError(errorType, problem) }
}
