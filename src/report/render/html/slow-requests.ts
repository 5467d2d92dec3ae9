import type { SlowAttempt, SlowRequest } from '../../summary/run-summary.ts'
import { formatCount, formatMs } from '../format-value.ts'
import { escapeHtml } from './escape-html.ts'

/** The slowest requests, each with its attempts on one time scale, so that bars compare across requests. */
export function slowRequests(requests: readonly SlowRequest[]): string {
  const scaleMs = Math.max(1, ...requests.map(({ latencyMs }) => latencyMs))
  return `<ol class="slow">${requests.map(request => itemOf(request, scaleMs)).join('\n')}</ol>`
}

function itemOf(request: SlowRequest, scaleMs: number): string {
  const outcome =
    request.outcome === 'ok' ? '' : ` <b class="bad">${escapeHtml(request.errorType || request.outcome)}</b>`
  const facts = [
    request.arm,
    [request.provider, request.model].filter(Boolean).join(' '),
    request.outputTokens === null ? '' : `${formatCount(request.outputTokens)} output tokens`,
    request.routerMs === null ? '' : `router ${formatMs(request.routerMs)} ms`,
  ].filter(Boolean)
  return `<li>
<p class="slow-head"><b>${formatMs(request.latencyMs)} ms</b>${outcome} <span>${escapeHtml(facts.join(' · '))}</span></p>
<div class="lanes">${lanesOf(request, scaleMs)}</div>
<p class="ids">trace <code>${escapeHtml(request.traceId)}</code> <span>request <code>${escapeHtml(request.requestId)}</code></span></p>
</li>`
}

/** Without attempts on record, the request itself is the only bar. */
function lanesOf(request: SlowRequest, scaleMs: number): string {
  if (request.attempts.length > 0) return request.attempts.map(attempt => laneOf(attempt, scaleMs)).join('')
  const { latencyMs, ttftMs, outcome } = request
  return bar({ label: 'request', ok: outcome === 'ok', startMs: 0, latencyMs, ttftMs }, scaleMs)
}

function laneOf(attempt: SlowAttempt, scaleMs: number): string {
  const kind = attempt.attemptNo === 1 ? '' : `${attempt.kind.replaceAll('_', ' ')} `
  const why = attempt.outcome === 'ok' ? '' : `, ${attempt.errorType || attempt.outcome}`
  const label = `${kind}${attempt.provider} ${formatMs(attempt.latencyMs)} ms${why}`
  return bar({ ...attempt, label, ok: attempt.outcome === 'ok' }, scaleMs)
}

interface Bar {
  readonly label: string
  readonly ok: boolean
  readonly startMs: number
  readonly latencyMs: number
  readonly ttftMs: number | null
}

/** Waiting for the first token is pale, the answer is full; a failed attempt is one colour throughout. */
function bar({ label, ok, startMs, latencyMs, ttftMs }: Bar, scaleMs: number): string {
  const percent = (ms: number) => `${Math.max(0, Math.min(100, (ms / scaleMs) * 100)).toFixed(2)}%`
  const waited = Math.min(ttftMs ?? latencyMs, latencyMs)
  const wait = `<i class="${ok ? 'wait' : 'fail'}" style="left:${percent(startMs)};width:${percent(waited)}"></i>`
  const answer = ok
    ? `<i class="answer" style="left:${percent(startMs + waited)};width:${percent(latencyMs - waited)}"></i>`
    : ''
  return `<div class="lane"><div class="track">${wait}${answer}</div><span>${escapeHtml(label)}</span></div>`
}
