import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Call, type Operation, readCall } from './call.ts'
import type { RouterContext } from './context.ts'
import type { Caller } from './keys/key-ring.ts'

/** One HTTP request and its answer. */
export interface Http {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** A request whose sender is not known yet, or was refused. */
export interface Unknown {
  readonly context: RouterContext
  readonly http: Http
  readonly call: Call
}

/** A request on its way through the stages of the pipeline. */
export interface Inbound extends Unknown {
  readonly caller: Caller
}

/** Names a request, and says its names in the headers of the answer. */
export function receive(context: RouterContext, http: Http, operation: Operation): Unknown {
  const call = readCall(http.req.headers, context.clock, operation)
  http.res.setHeader('x-generation-id', call.generationId)
  http.res.setHeader('x-routebench-request-id', call.requestId)
  http.res.setHeader('x-routebench-attempts', 0)
  return { context, http, call }
}

/** Epoch milliseconds: what budgets and limits count by. */
export function epochMs({ clock }: Pick<RouterContext, 'clock'>): number {
  return Math.floor(clock.epochUs() / 1000)
}
