import { channel } from 'node:diagnostics_channel'
import { Agent, type Dispatcher } from 'undici'
import { isObject } from '../core/index.ts'

/** A pool of HTTP connections, shared by all exchanges of one engine. */
export interface HttpPool {
  readonly dispatcher: Dispatcher
  /** Opens a connection for each request, and keeps none: for a host that has given up those of the other. */
  readonly fresh: Dispatcher
  /** Closes idle connections and waits for the busy ones. */
  close(): Promise<void>
}

/** Options of `createHttpPool`. */
export interface HttpPoolOptions {
  /** Time to open a connection, milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number
}

/**
 * Opens a pool without a bound on connections: a bound below the concurrency would queue requests unseen.
 * undici's own header and body timeouts are off; deadlines belong to the exchange, which knows their names.
 */
export function createHttpPool(options: HttpPoolOptions = {}): HttpPool {
  const { connectTimeoutMs = 10_000 } = options
  const open = (pipelining: 0 | 1) =>
    new Agent({
      pipelining,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 30_000,
      connect: { timeout: connectTimeoutMs, noDelay: true },
    })
  const dispatcher = open(1)
  // Without pipelining undici closes a connection after its first answer.
  const fresh = open(0)
  const close = async () => {
    await Promise.all([dispatcher.close(), fresh.close()])
  }
  return Object.freeze({ dispatcher, fresh, close })
}

/** Called once per request, when its head is written: `fresh` when the connection was opened for it. */
export type OnSent = (fresh: boolean) => void

// undici tells which connection a request went out on only through its diagnostics channels.
// `request:create` fires inside `dispatch()`, which is how a request is matched to its caller.
const watched = new WeakMap<object, OnSent>()
const usedSockets = new WeakSet<object>()
let dispatching: OnSent | null = null

channel('undici:request:create').subscribe(message => {
  if (dispatching && isObject(message) && isObject(message['request']))
    watched.set(message['request'], dispatching)
})
channel('undici:client:sendHeaders').subscribe(message => {
  if (!isObject(message) || !isObject(message['request']) || !isObject(message['socket'])) return
  const fresh = !usedSockets.has(message['socket'])
  usedSockets.add(message['socket'])
  watched.get(message['request'])?.(fresh)
})

/** One request to dispatch. */
export interface DispatchRequest {
  readonly dispatcher: Dispatcher
  readonly options: Dispatcher.DispatchOptions
  readonly handler: Dispatcher.DispatchHandler
  readonly onSent: OnSent
  /** The HTTP client refused the request before it made anything of it. */
  readonly onRefused: (thrown: unknown) => void
}

/** `dispatcher.dispatch`, and tells `onSent` when the head goes out and whether on a fresh connection. */
export function dispatch({ dispatcher, options, handler, onSent, onRefused }: DispatchRequest): void {
  dispatching = onSent
  try {
    dispatcher.dispatch(options, handler)
  } catch (error) {
    onRefused(error)
  } finally {
    dispatching = null
  }
}
