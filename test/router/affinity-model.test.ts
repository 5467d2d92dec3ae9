import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, createVirtualClock } from '../../src/core/index.ts'
import { createHealthBoard } from '../../src/router/health-board.ts'
import { parseChatRequest } from '../../src/router/chat-request.ts'
import { createPinTable } from '../../src/router/pin-table.ts'
import { planRoute, type RouteContext } from '../../src/router/route.ts'
import { defaultRouterSettings } from '../../src/router/settings.ts'
import { settleSticky, type TriedAttempt } from '../../src/router/settle-sticky.ts'
import { noAccessRules } from '../../src/policy/index.ts'
import { catalogOf, endpointOf } from '../support/endpoint-of.ts'

/** `p` alone saves nothing to those who stay. */
const endpoints = [
  endpointOf({ provider: 'a', input: 1, cacheRead: 0.1 }),
  endpointOf({ provider: 'b', input: 1.1, cacheRead: 0.1 }),
  endpointOf({ provider: 'c', input: 1.2, cacheRead: 0.1 }),
  endpointOf({ provider: 'p', input: 1.3 }),
]
const providers = ['a', 'b', 'c', 'p'] as const
const ttlMs = 600_000

interface Turn {
  readonly kind: 'turn'
  readonly caller: string
  /** null: known by its opening. */
  readonly session: string | null
  /** Providers that the request refuses, and those that fail. */
  readonly ignored: readonly string[]
  readonly failing: readonly string[]
  readonly usesCache: boolean
  readonly isSorted: boolean
}

type Step = Turn | { readonly kind: 'wait'; readonly ms: number }

const turns: fc.Arbitrary<Turn> = fc.record({
  kind: fc.constant('turn'),
  caller: fc.constantFrom('x', 'y'),
  session: fc.constantFrom('s-1', 's-2', null),
  ignored: fc.subarray([...providers], { maxLength: 2 }),
  failing: fc.subarray([...providers], { maxLength: 4 }),
  usesCache: fc.boolean(),
  isSorted: fc.nat(9).map(number => number === 0),
})
const waits: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('wait'),
  ms: fc.constantFrom(1, 1000, 300_000, ttlMs - 1, ttlMs),
})

/** The part of a router that keeps conversations, with a clock that stands still. */
function openAffinity() {
  const clock = createVirtualClock()
  const settings = defaultRouterSettings
  const context: RouteContext = {
    catalog: catalogOf(endpoints),
    clock,
    rng: createRng('affinity'),
    settings,
    upstream: () => ({ baseUrl: '', keys: [{ alias: '', value: 'any' }] }),
    health: createHealthBoard(clock, settings.health),
    pins: createPinTable(100),
  }
  let turn = 0

  function play({ caller, session, ignored, failing, usesCache, isSorted }: Turn) {
    const body = {
      model: 'acme/one',
      messages: [{ role: 'user', content: 'Say hello' }],
      provider: { ignore: ignored, ...(isSorted && { sort: 'price' }) },
      ...(session !== null && { session_id: session }),
    }
    const parsed = parseChatRequest(Buffer.from(JSON.stringify(body)), {
      catalog: context.catalog,
      tables: settings.tables,
      rules: noAccessRules,
      rng: context.rng,
    })
    if (!parsed.ok) throw new Error(parsed.error.message)
    const call = { itemId: `turn-${turn++}`, requestId: '', sessionHeader: '', callerId: caller }
    const route = planRoute(context, call, parsed.request)
    const order = route.decision.candidates
    const firstGood = order.findIndex(({ endpoint }) => !failing.includes(endpoint.provider.id))
    const tried = firstGood < 0 ? order : order.slice(0, firstGood + 1)
    const attempts = tried.map((candidate, index) => attemptOf(candidate, index === firstGood, usesCache))
    const { result } = settleSticky(context, { route, request: parsed.request }, attempts)
    return { result, first: order[0]?.endpoint.id ?? null, served: order[firstGood]?.endpoint.id ?? null }
  }
  return { play, clock }
}

function attemptOf(candidate: TriedAttempt['candidate'], isOk: boolean, usesCache: boolean): TriedAttempt {
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: usesCache ? 8 : 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    reportedCost: null,
  }
  const failed = {
    ends: null,
    scope: 'endpoint',
    isRetryable: true,
    retryAfterMs: null,
    hasOtherKey: false,
  } as const
  const error = { kind: 'error', errorType: 'server', fault: 'provider', message: '' } as const
  return isOk
    ? { candidate, failure: null, exchange: { status: 200, usage, outcome: { kind: 'ok' } } }
    : { candidate, failure: failed, exchange: { status: 500, usage: null, outcome: error } }
}

/** The state machine of docs/routing.md, as plainly as it can be written. */
interface Remembered {
  readonly at: string
  readonly untilMs: number
}

function expectedResult(
  before: Remembered | undefined,
  nowMs: number,
  turn: { readonly served: string | null; readonly ignored: readonly string[]; readonly pins: boolean },
): string {
  if (turn.served === null) return 'none'
  if (!before) return turn.pins ? 'new' : 'none'
  if (nowMs >= before.untilMs) return 'expired'
  if (turn.served === before.at) return 'kept'
  return turn.ignored.includes(before.at.charAt(0)) ? 'moved_policy' : 'moved_fault'
}

/** Plays the steps against router and model, and compares them turn by turn. */
function compare(steps: readonly Step[]): void {
  const { play, clock } = openAffinity()
  const remembered = new Map<string, Remembered>()
  const drawn = new Map<string, string | null>()
  let nowMs = 0

  function turn(step: Turn): void {
    const key = `${step.caller} ${step.session ?? 'opening'}`
    const { result, first, served } = play(step)
    if (step.isSorted) return expect(result).toBe('none')
    const before = remembered.get(key)
    const isLive = before !== undefined && nowMs < before.untilMs
    if (isLive && !step.ignored.includes(before.at.charAt(0))) {
      expect(first).toBe(before.at)
    } else {
      // Without a pin the same conversation is drawn to the same endpoint while the same ones may serve.
      const among = `${key} among ${step.ignored.join()}`
      expect(first).toBe(drawn.get(among) ?? first)
      drawn.set(among, first)
    }
    const saves = served !== null && served !== 'p/one'
    const pins = saves && (step.session !== null || isLive || step.usesCache)
    expect(result).toBe(expectedResult(before, nowMs, { served, ignored: step.ignored, pins }))
    if (pins) remembered.set(key, { at: served, untilMs: nowMs + ttlMs })
  }
  for (const step of steps) {
    if (step.kind === 'turn') {
      turn(step)
    } else {
      nowMs += step.ms
      // Nobody sleeps, so time has moved when this returns.
      void clock.advanceMs(step.ms)
    }
  }
}

describe('planRoute and settleSticky', () => {
  it('keep conversations as the state machine of the documentation does', () => {
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: turns }, waits), { maxLength: 40 })
    fc.assert(fc.property(steps, compare), { numRuns: 300 })
  })
})
