import { createVirtualClock, nsPerMs } from '../../src/core/index.ts'
import { defaultHealthSettings, type HealthSettings } from '../../src/health/index.ts'
import { createHealthBoard } from '../../src/router/health-board.ts'
import { createStateBoard } from '../../src/router/state-board.ts'
import { watchedHealth } from '../../src/router/watched-health.ts'
import { errorOf, type ErrorType, type Exchange } from '../../src/wire/index.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { createMemorySink } from '../support/memory-sink.ts'

const requestId = '0f8fad5b-d9cb-869f-8165-70867728950e'
const call = { requestId, runId: 'run-1', phase: 'measure' } as const

/** Each provider has a key of its own. */
export const keyOf = (endpointId: string) => `${endpointId.split('/')[0]}_KEY`

/** An attempt that ends now and began a millisecond ago. */
function exchangeAt(nowNs: number, errorType: ErrorType | 'ok', retryAfterMs: number | null): Exchange {
  return {
    outcome: errorType === 'ok' ? { kind: 'ok' } : errorOf(errorType, 'x'),
    deadline: null,
    status: 200,
    headers: {},
    stamps: {
      sentNs: nowNs,
      headersNs: null,
      firstByteNs: null,
      firstCommentNs: null,
      firstTokenNs: nowNs,
      firstVisibleNs: null,
      firstToolNs: null,
      lastTokenNs: null,
      closedNs: nowNs,
      pausedNs: 0,
      maxGapNs: null,
      chunks: 0,
    },
    wasSent: true,
    connection: { reused: false, connectNs: 0 },
    usage: null,
    usageIsInvalid: false,
    finishReason: '',
    nativeFinishReason: '',
    answerId: '',
    model: '',
    provider: '',
    text: '',
    toolCalls: [],
    body: null,
    retryAfterMs,
  }
}

/** A real health board whose changes go to a sink, over a virtual clock that starts at one second. */
export async function openWatchedBoard(own: Partial<HealthSettings> = {}, runId: string | null = null) {
  const clock = createVirtualClock(1_800_000_000_000_000)
  await clock.advanceMs(1000)
  const sink = createMemorySink()
  const endpoints = new Map([
    ['alpha/one', endpointOf({ provider: 'alpha' })],
    ['alpha/two', endpointOf({ provider: 'alpha', model: 'acme/two' })],
    ['beta/one', endpointOf({ provider: 'beta' })],
  ])
  const settings = { ...defaultHealthSettings, ...own }
  const boards = { now: createHealthBoard(clock, settings) }
  const states = createStateBoard({
    clock,
    sink,
    router: 'router',
    siblingsOf: id => [...endpoints.keys()].filter(other => keyOf(other) === keyOf(id)),
    runId,
    read: id => {
      const endpoint = endpoints.get(id)
      return endpoint ? { endpoint, state: boards.now.state(id, [keyOf(id)]) } : null
    },
  })
  const health = watchedHealth(boards.now, states)
  const note = (
    errorType: ErrorType | 'ok',
    more: { id?: string; retryAfterMs?: number | undefined; live?: true } = {},
  ) => {
    const { id = 'alpha/one', retryAfterMs = null } = more
    const about = more.live ? { ...call, runId: '', phase: 'live' as const } : call
    health.note(id, exchangeAt(clock.monoNs(), errorType, retryAfterMs), { keyAlias: keyOf(id), call: about })
  }
  const secondsOf = (epochUs: number) => (epochUs - clock.toEpochUs(1000 * nsPerMs)) / 1e6
  return {
    clock,
    sink,
    states,
    health,
    endpoints,
    note,
    /** All changes so far as short texts. */
    changes: () =>
      sink.states.map(
        row => `${secondsOf(row.ts)} ${row.endpoint} ${row.from_state} → ${row.to_state}: ${row.reason}`,
      ),
    /** Health begins anew, as after a reload with other settings. */
    startAnew: () => {
      boards.now = createHealthBoard(clock, settings)
      states.restart()
    },
  }
}
