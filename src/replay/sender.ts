import { type Clock, formatTraceparent, spanIdOf, traceIdOf, uuidOf } from '../core/index.ts'
import type { RecordSink, RequestRecord } from '../record/index.ts'
import type { PlannedRequest } from '../scenario/index.ts'
import { encodeHeaderText, type Deadlines, exchange, type HttpPool } from '../wire/index.ts'
import type { ApplyChecks } from './checks.ts'
import { clientRecord, type RequestIdentity } from './request-record.ts'
import type { Target } from './target.ts'

/** What all requests of a run have in common. */
export interface SenderOptions {
  readonly runId: string
  readonly scenario: string
  /** Target of each arm. */
  readonly targets: ReadonlyMap<string, Target>
  /** The id of a provider by the name that an answer gives it: answers carry display names. */
  readonly providerIdOf: (name: string) => string
  readonly deadlines: Deadlines
  readonly pool: HttpPool
  readonly clock: Clock
  readonly sink: RecordSink
  /** Aborting cancels what is in flight. */
  readonly signal: AbortSignal
}

/** One request at its time. */
export interface DueRequest {
  readonly planned: PlannedRequest
  readonly body: Buffer
  /** Monotonic nanoseconds. */
  readonly dueNs: number
}

/** Sends one request now and resolves with its record, which the sink already has. Never rejects. */
export type Send = (due: DueRequest) => Promise<RequestRecord>

/** Makes the function that sends requests of one run. */
export function createSender(options: SenderOptions, applyChecks: ApplyChecks): Send {
  const { runId, scenario, targets, clock, sink } = options

  return async ({ planned, body, dueNs }) => {
    const target = targets.get(planned.arm)
    if (!target) throw new Error(`arm ${planned.arm} has no target`)
    const identity = identityOf(runId, scenario, planned)
    const answer = await exchange({
      url: target.url,
      apiKey: target.apiKey,
      headers: headersOf(identity, planned, target),
      body,
      dispatcher: options.pool.dispatcher,
      clock,
      signal: options.signal,
      deadlines: options.deadlines,
      // A target is a router, or stands where one would.
      trustsRouterErrors: true,
    })
    const checks = applyChecks(answer.outcome.kind === 'ok' ? planned.checks : [], answer.text)
    const sentEpochUs = clock.toEpochUs(answer.stamps.sentNs)
    const record = clientRecord({
      planned,
      identity,
      target,
      body,
      dueNs,
      sentEpochUs,
      exchange: { ...answer, provider: options.providerIdOf(answer.provider) },
      checks,
    })
    sink.request(record)
    return record
  }
}

/** Ids are functions of run and plan position, so that a repeated upload or shard cannot invent new ones. */
function identityOf(runId: string, scenario: string, { index }: PlannedRequest): RequestIdentity {
  return {
    runId,
    scenario,
    requestId: uuidOf(runId, index),
    traceId: traceIdOf(runId, index),
    spanId: spanIdOf(runId, index, 'client'),
  }
}

function headersOf(
  identity: RequestIdentity,
  planned: PlannedRequest,
  target: Target,
): Record<string, string> {
  const { traceId, spanId } = identity
  const traceparent = { traceparent: formatTraceparent({ traceId, spanId, isSampled: true }) }
  if (!target.sendsRunHeaders) return traceparent
  return {
    ...traceparent,
    'x-routebench-run-id': identity.runId,
    'x-routebench-scenario': encodeHeaderText(identity.scenario),
    'x-routebench-arm': encodeHeaderText(planned.arm),
    'x-routebench-phase': planned.phase,
    'x-routebench-request-id': identity.requestId,
    'x-routebench-item-id': encodeHeaderText(planned.itemId),
    'x-routebench-turn': String(planned.session?.turn ?? 0),
    ...(planned.outputTokens !== null && { 'x-routebench-output-tokens': String(planned.outputTokens) }),
  }
}
