import { formatUsd } from '../../core/index.ts'
import type { RouterState } from './router-states.ts'
import type { ProbeResult } from './send-probe.ts'

/** A probe that has ended, and the state of its endpoint right after; null: the router did not tell. */
export interface ToldProbe {
  readonly result: ProbeResult
  readonly state: RouterState | null
}

/** A line for people. Pure. */
export function probeLine({ result, state }: ToldProbe, nameWidth: number): string {
  const { endpointId, epochUs, outcome, errorType, status, latencyMs, ttftMs, message } = result
  const how = outcome === 'ok' ? 'ok' : `${errorType}${status > 0 ? ` (${status})` : ''}`
  const times =
    outcome === 'ok'
      ? `${msText(latencyMs)}${ttftMs === null ? '' : `, first token ${msText(ttftMs)}`}`
      : `after ${msText(latencyMs)}`
  const parts = [timeOf(epochUs), endpointId.padEnd(nameWidth), how.padEnd(4), times, stateText(state)]
  // Where the endpoint is left alone, its state says why already.
  const isServing = !state || state.state === 'closed' || state.state === 'unknown'
  return [...parts, ...(isServing && message !== '' ? [shortText(message)] : [])].join('  ')
}

/** A line for a tick that was passed over. Pure. */
export function skippedLine(endpointId: string, epochUs: number, nameWidth: number): string {
  return `${timeOf(epochUs)}  ${endpointId.padEnd(nameWidth)}  skipped: the probe before is still under way`
}

/** A line of JSON. Pure. */
export function probeJson({ result, state }: ToldProbe): string {
  return JSON.stringify({
    at: isoOf(result.epochUs),
    endpoint: result.endpointId,
    model: result.modelId,
    tick: result.tick,
    outcome: result.outcome,
    error_type: result.errorType,
    http_status: result.status,
    latency_ms: round(result.latencyMs),
    ttft_ms: result.ttftMs === null ? null : round(result.ttftMs),
    cost_usd: result.cost === null ? null : formatUsd(result.cost),
    state: state?.state ?? null,
    until: state?.until || null,
    reason: state?.reason ?? null,
    prompt: result.itemId,
    request_id: result.requestId,
  })
}

/** A line of JSON for a tick that was passed over. Pure. */
export function skippedJson(endpoint: string, epochUs: number, tick: number): string {
  return JSON.stringify({ at: isoOf(epochUs), endpoint, tick, outcome: 'skipped' })
}

function stateText(state: RouterState | null): string {
  if (!state) return 'state unknown'
  const until = state.until === '' ? '' : ` until ${state.until.slice(11, 19)}`
  const why = state.reason === '' ? '' : `: ${state.reason}`
  return `${state.state.replace('_', ' ')}${until}${why}`
}

function isoOf(epochUs: number): string {
  return new Date(epochUs / 1000).toISOString()
}

const longestMessage = 120

/** Of a message from outside, what fits on the line and moves no cursor. */
function shortText(message: string): string {
  const plain = message.replaceAll(/\p{Cc}+/gu, ' ')
  return plain.length > longestMessage ? `${plain.slice(0, longestMessage)}…` : plain
}

/** UTC, as everywhere. */
function timeOf(epochUs: number): string {
  return isoOf(epochUs).slice(11, 19)
}

function msText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
}

/** To the microsecond. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
