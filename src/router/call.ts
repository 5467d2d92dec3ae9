import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { type Clock, parseTraceparent, spanIdOf, traceIdOf } from '../core/index.ts'
import type { Phase } from '../record/index.ts'
import { decodeHeaderText } from '../wire/index.ts'

/** Kinds of call that the router serves. */
export type Operation = 'chat' | 'completion'

/** Who a request is, apart from what it asks: taken from its headers, which only the replayer sends in full. */
export interface Call {
  readonly operation: Operation
  readonly requestId: string
  readonly itemId: string
  readonly runId: string
  readonly scenario: string
  readonly arm: string
  readonly phase: Phase
  readonly turn: number
  readonly traceId: string
  readonly spanId: string
  /** Empty when the caller sent no trace context. */
  readonly parentSpanId: string
  readonly isSampled: boolean
  /** Length of the recorded answer as the replayer tells it; empty when it does not. */
  readonly outputTokens: string
  readonly sessionHeader: string
  readonly wantsMetadata: boolean
  /** What the caller wishes to become of a stream that breaks off; empty when it does not say. */
  readonly rescueWish: string
  /** Endpoint that is probed; empty: this is a request as any other. */
  readonly probe: string
  /** When a probe gives the endpoint up; null: when any attempt does. */
  readonly probeDeadlineMs: number | null
  /** Where the caller says that it comes from, and what it is; empty when it does not. Told to itself only. */
  readonly referer: string
  readonly userAgent: string
  /** Id of the answer, `gen-<unix seconds>-<20 hex digits>`. */
  readonly generationId: string
  /** Monotonic nanoseconds. */
  readonly receivedNs: number
  readonly receivedEpochUs: number
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const runPhases: readonly Phase[] = ['warmup', 'measure', 'cooldown']
const longestLabel = 200
/** The second is its older name. */
const metadataHeaders = ['x-openrouter-metadata', 'x-openrouter-experimental-metadata']
const longestOrigin = 500

/**
 * Reads the identity of a call. Without `x-routebench-request-id` it is live traffic under a new id.
 * Never fails: a header that makes no sense counts as absent.
 */
export function readCall(headers: IncomingHttpHeaders, clock: Clock, operation: Operation): Call {
  const receivedNs = clock.monoNs()
  const receivedEpochUs = clock.toEpochUs(receivedNs)
  const text = (name: string) => String(headers[name] ?? '')
  const ours = (name: string) => decodeHeaderText(text(`x-routebench-${name}`)).slice(0, longestLabel)
  const requestId = uuid.test(ours('request-id')) ? ours('request-id').toLowerCase() : randomUUID()
  const parent = parseTraceparent(text('traceparent'))
  const traceId = parent?.traceId ?? traceIdOf(requestId)
  return {
    operation,
    requestId,
    itemId: ours('item-id'),
    runId: ours('run-id'),
    scenario: ours('scenario'),
    arm: ours('arm'),
    phase: ours('probe') === '' ? phaseOf(ours('phase')) : 'probe',
    turn: turnOf(ours('turn')),
    traceId,
    spanId: spanIdOf(requestId, 'router'),
    parentSpanId: parent?.spanId ?? '',
    isSampled: parent?.isSampled ?? true,
    outputTokens: /^\d{1,9}$/.test(ours('output-tokens')) ? ours('output-tokens') : '',
    sessionHeader: String(headers['x-session-id'] ?? '').slice(0, 256),
    wantsMetadata: metadataHeaders.some(name => text(name).toLowerCase() === 'enabled'),
    rescueWish: ours('rescue'),
    probe: ours('probe'),
    probeDeadlineMs: /^[1-9]\d{0,8}$/.test(ours('probe-deadline-ms'))
      ? Number(ours('probe-deadline-ms'))
      : null,
    ...originOf(headers),
    generationId: `gen-${Math.floor(receivedEpochUs / 1e6)}-${traceIdOf(requestId, 'generation').slice(0, 20)}`,
    receivedNs,
    receivedEpochUs,
  }
}

function originOf(headers: IncomingHttpHeaders): Pick<Call, 'referer' | 'userAgent'> {
  const referer = String(headers['http-referer'] ?? headers.referer ?? '')
  return {
    referer: referer.slice(0, longestOrigin),
    userAgent: (headers['user-agent'] ?? '').slice(0, longestOrigin),
  }
}

function turnOf(text: string): number {
  const turn = Number(text)
  return Number.isInteger(turn) && turn >= 0 && turn < 2 ** 16 ? turn : 0
}

function phaseOf(text: string): Phase {
  return runPhases.find(phase => phase === text) ?? 'live'
}
