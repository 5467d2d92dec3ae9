import { randomUUID } from 'node:crypto'
import { type Clock, nsPerMs, type PicoUsd } from '../../core/index.ts'
import { encodeHeaderText, errorTypeOf, exchange, type HttpPool } from '../../wire/index.ts'
import type { ProbePrompt } from './probe-prompts.ts'
import type { RouterAddress } from './router-states.ts'

/** One probe to send. */
export interface Probe {
  readonly endpointId: string
  readonly modelId: string
  readonly prompt: ProbePrompt
  /** From 0. */
  readonly tick: number
}

/** How a probe went, as the caller saw it. */
export interface ProbeResult extends Pick<Probe, 'endpointId' | 'modelId' | 'tick'> {
  readonly itemId: string
  readonly requestId: string
  /** When it was sent. */
  readonly epochUs: number
  readonly outcome: 'ok' | 'error' | 'canceled' | 'truncated'
  /** Empty on success. */
  readonly errorType: string
  /** What an error says for people; empty when it is none. */
  readonly message: string
  /** 0: no answer came. */
  readonly status: number
  readonly latencyMs: number
  readonly ttftMs: number | null
  /** What the provider bills for it; null: not told. */
  readonly cost: PicoUsd | null
}

/** What sending needs. */
export interface ProbeSender {
  readonly address: RouterAddress
  readonly scenario: string
  readonly pool: HttpPool
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The router gives the endpoint up after so long, and that counts as the endpoint's failure. */
  readonly deadlineMs: number
}

/** How much longer than the router a probe waits for the router: longer, and the router itself is stuck. */
const graceMs = 5_000

/** Sends a probe through the router to one endpoint. Never rejects. */
export async function sendProbe(
  { endpointId, modelId, prompt, tick }: Probe,
  { address, scenario, pool, clock, signal, deadlineMs }: ProbeSender,
): Promise<ProbeResult> {
  const requestId = randomUUID()
  const answer = await exchange({
    url: `${address.apiUrl}/chat/completions`,
    apiKey: address.apiKey,
    headers: {
      'x-routebench-probe': encodeHeaderText(endpointId),
      'x-routebench-probe-deadline-ms': String(Math.ceil(deadlineMs)),
      'x-routebench-request-id': requestId,
      // No planned item: simulated providers would draw the same answer at every tick.
      'x-routebench-scenario': encodeHeaderText(scenario),
    },
    body: prompt.bodyFor(modelId),
    dispatcher: pool.dispatcher,
    clock,
    signal,
    deadlines: { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: deadlineMs + graceMs },
    trustsRouterErrors: true,
  })
  const { stamps, usage } = answer
  const msSince = (atNs: number) => (atNs - stamps.sentNs) / nsPerMs
  return {
    endpointId,
    modelId,
    tick,
    itemId: prompt.itemId,
    requestId,
    epochUs: clock.toEpochUs(stamps.sentNs),
    outcome: answer.outcome.kind,
    errorType: errorTypeOf(answer),
    message: answer.outcome.kind === 'error' ? answer.outcome.message : '',
    status: answer.status,
    latencyMs: msSince(stamps.closedNs),
    ttftMs: stamps.firstTokenNs === null ? null : msSince(stamps.firstTokenNs),
    cost: usage?.reportedCost ?? null,
  }
}
