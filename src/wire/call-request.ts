import type { Dispatcher } from 'undici'
import { headerProblem } from './check-headers.ts'
import { errorOf, type ExchangeError } from './classify.ts'

/** What is asked of an API. */
export interface CallTarget {
  /** Full URL of the call. */
  readonly url: string
  /** null: none is sent. */
  readonly apiKey: string | null
  /** Header that carries the key: as a bearer token in `authorization`, bare in any other. Default `authorization`. */
  readonly keyHeader?: string
  readonly headers: Readonly<Record<string, string>>
  /** Encoded request body. */
  readonly body: string | Buffer
}

/** The call as the HTTP client takes it, or what is wrong with it. Pure; never throws. */
export function callRequest(target: CallTarget): Dispatcher.DispatchOptions | ExchangeError {
  const url = URL.parse(target.url)
  if (!url || !/^https?:$/.test(url.protocol)) {
    return errorOf('network', 'the URL of the call is no http or https URL')
  }
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream, application/json',
    // Compression would hold tokens back until a block is full.
    'accept-encoding': 'identity',
    ...keyHeaders(target),
    ...target.headers,
  }
  const problem = headerProblem(headers)
  if (problem !== null) return errorOf('network', problem)
  return { origin: url.origin, path: url.pathname + url.search, method: 'POST', body: target.body, headers }
}

function keyHeaders({ apiKey, keyHeader = 'authorization' }: CallTarget): Record<string, string> {
  if (apiKey === null) return {}
  return { [keyHeader]: keyHeader === 'authorization' ? `Bearer ${apiKey}` : apiKey }
}
