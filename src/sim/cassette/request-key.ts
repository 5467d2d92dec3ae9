import { createHash } from 'node:crypto'

/** What names a request: nothing of its headers, so no key, and nothing of its query. */
export interface KeyedRequest {
  readonly method: string
  readonly path: string
  readonly body: string
}

/**
 * Identity of a request for finding its recorded answer: 32 hex digits. Pure.
 *
 * A JSON body is brought into one form first: the order of members and white space do not count. Any other body
 * counts as it is.
 */
export function requestKey({ method, path, body }: KeyedRequest): string {
  return createHash('sha256')
    .update(`${method}\u0000${path}\u0000${normalized(body)}`)
    .digest('hex')
    .slice(0, 32)
}

function normalized(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), (_, value: unknown) =>
      isRecord(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    )
  } catch {
    // Not JSON: the text itself is the identity.
    return body
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
