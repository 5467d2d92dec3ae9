import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock, nsPerMs } from '../../../src/core/index.ts'
import {
  createPlaceQueue,
  type Entry,
  type PlaceQueue,
  type QueueLimits,
} from '../../../src/router/queues/place-queue.ts'

const never = Number.MAX_SAFE_INTEGER

/** What a caller of the queue knows of itself. */
interface Visitor {
  readonly no: number
  readonly gone: AbortController
  entry: Entry | null
  hasLeft: boolean
}

function createVisitors(queue: PlaceQueue) {
  const all: Visitor[] = []
  return {
    all,
    enter: (untilNs = never) => {
      const visitor: Visitor = { no: all.length, gone: new AbortController(), entry: null, hasLeft: false }
      all.push(visitor)
      void note(visitor, queue.enter({ signal: visitor.gone.signal, untilNs }))
      return visitor
    },
    inside: () => all.filter(({ entry, hasLeft }) => entry?.kind === 'granted' && !hasLeft),
    waiting: () => all.filter(({ entry }) => entry === null),
  }
}

async function note(visitor: Visitor, entry: Promise<Entry>): Promise<void> {
  visitor.entry = await entry
}

function leave(visitor: Visitor): void {
  if (visitor.entry?.kind !== 'granted') return
  visitor.entry.leave()
  visitor.hasLeft = true
}

/** Lets everything that was promised come true. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

const two: QueueLimits = { maxConcurrent: 2, maxWaiting: 2, maxWaitMs: 100 }

describe('createPlaceQueue', () => {
  it('lets everyone in at once without a bound', async () => {
    const queue = createPlaceQueue(createVirtualClock(), { maxConcurrent: null, maxWaiting: 0, maxWaitMs: 0 })
    const visitors = createVisitors(queue)
    for (let i = 0; i < 100; i++) visitors.enter()
    await settle()
    expect(visitors.inside()).toHaveLength(100)
    expect(queue.isIdle()).toBe(false)
    visitors.inside().forEach(leave)
    expect(queue.isIdle()).toBe(true)
  })

  it('tells how long a visitor waited', async () => {
    const clock = createVirtualClock()
    const visitors = createVisitors(createPlaceQueue(clock, two))
    const [first, , third] = [visitors.enter(), visitors.enter(), visitors.enter()]
    await settle()
    await clock.advanceMs(30)
    leave(first)
    await settle()
    expect(third.entry).toMatchObject({ kind: 'granted', waitedNs: 30 * nsPerMs })
    expect(first.entry).toMatchObject({ kind: 'granted', waitedNs: 0 })
  })

  it('refuses at once who would be one too many in line, and after the longest wait who stood in it', async () => {
    const clock = createVirtualClock()
    const visitors = createVisitors(createPlaceQueue(clock, two))
    for (let i = 0; i < 5; i++) visitors.enter()
    await settle()
    expect(visitors.all[4]?.entry).toMatchObject({ kind: 'queue_full', waitedNs: 0 })
    await clock.advanceMs(99)
    expect(visitors.waiting()).toHaveLength(2)
    await clock.advanceMs(1)
    expect(visitors.all[2]?.entry).toMatchObject({ kind: 'queue_timeout', waitedNs: 100 * nsPerMs })
  })

  it('waits no longer than the visitor has time', async () => {
    const clock = createVirtualClock()
    const visitors = createVisitors(createPlaceQueue(clock, two))
    visitors.enter()
    visitors.enter()
    const hasty = visitors.enter(40 * nsPerMs)
    await clock.advanceMs(40)
    expect(hasty.entry).toMatchObject({ kind: 'queue_timeout', waitedNs: 40 * nsPerMs })
  })

  it('gives back a place once, however often it is left', async () => {
    const visitors = createVisitors(createPlaceQueue(createVirtualClock(), { ...two, maxConcurrent: 1 }))
    const [first] = [visitors.enter(), visitors.enter(), visitors.enter()]
    await settle()
    leave(first)
    leave(first)
    await settle()
    expect(visitors.inside()).toHaveLength(1)
  })

  it('expects a wait of as many turns as there are people in front, at the pace so far', async () => {
    const clock = createVirtualClock()
    const queue = createPlaceQueue(clock, { maxConcurrent: 2, maxWaiting: 1000, maxWaitMs: 1e9 })
    const visitors = createVisitors(queue)
    expect(queue.expectedWaitMs()).toBe(1_000)
    const first = visitors.enter()
    await settle()
    await clock.advanceMs(4_000)
    leave(first)
    for (let i = 0; i < 5; i++) visitors.enter()
    await settle()
    // Three wait, each place is held for 4 s, and there are two.
    expect(queue.expectedWaitMs()).toBe(8_000)
    for (let i = 0; i < 500; i++) visitors.enter()
    await settle()
    expect(queue.expectedWaitMs()).toBe(60_000)
  })

  it('lets in who waits when the bound is raised or lifted, and nobody new when it is lowered', async () => {
    const queue = createPlaceQueue(createVirtualClock(), { maxConcurrent: 1, maxWaiting: 9, maxWaitMs: 100 })
    const visitors = createVisitors(queue)
    for (let i = 0; i < 6; i++) visitors.enter()
    await settle()
    queue.setLimits({ maxConcurrent: 3, maxWaiting: 9, maxWaitMs: 100 })
    await settle()
    expect(visitors.inside().map(({ no }) => no)).toEqual([0, 1, 2])
    queue.setLimits({ maxConcurrent: 2, maxWaiting: 9, maxWaitMs: 100 })
    visitors.inside().slice(0, 2).forEach(leave)
    await settle()
    expect(visitors.inside().map(({ no }) => no)).toEqual([2, 3])
    queue.setLimits({ maxConcurrent: null, maxWaiting: 9, maxWaitMs: 100 })
    await settle()
    expect(visitors.waiting()).toHaveLength(0)
  })

  const step = fc.oneof(
    fc.record({ kind: fc.constant('enter' as const), patienceMs: fc.integer({ min: 0, max: 60 }) }),
    fc.record({ kind: fc.constantFrom('leave' as const, 'cancel' as const), which: fc.nat(15) }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ kind: fc.constant('limit' as const), to: fc.integer({ min: 1, max: 4 }) }),
  )

  it('keeps its laws whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
        const clock = createVirtualClock()
        let limit = 2
        const queue = createPlaceQueue(clock, { ...two, maxWaiting: 3, maxWaitMs: 50 })
        const visitors = createVisitors(queue)
        let grantedLast = -1
        for (const next of steps) {
          const insideBefore = visitors.inside().length
          if (next.kind === 'enter') visitors.enter(clock.monoNs() + next.patienceMs * nsPerMs)
          else if (next.kind === 'advance') await clock.advanceMs(next.ms)
          else if (next.kind === 'limit') {
            limit = next.to
            queue.setLimits({ maxConcurrent: limit, maxWaiting: 3, maxWaitMs: 50 })
          } else {
            const visitor = visitors.all[next.which]
            if (visitor && next.kind === 'leave') leave(visitor)
            else visitor?.gone.abort()
          }
          await settle()
          const inside = visitors.inside()
          const waiting = visitors.waiting()
          // Never more than the bound, but for those who were in when it was lowered.
          expect(inside.length).toBeLessThanOrEqual(Math.max(limit, insideBefore))
          // No lost wake-up: nobody waits while there is a place.
          if (waiting.length > 0) expect(inside.length).toBeGreaterThanOrEqual(limit)
          expect(waiting.length).toBeLessThanOrEqual(3)
          expect(queue.isIdle()).toBe(inside.length === 0 && waiting.length === 0)
          // First come, first served: whoever got a place came before everyone who still waits.
          grantedLast = Math.max(grantedLast, ...inside.map(({ no }) => no))
          for (const { no } of waiting) expect(no).toBeGreaterThan(grantedLast)
          // Nobody waits longer than it wants to, and who has gone waits no more.
          for (const { gone } of waiting) expect(gone.signal.aborted).toBe(false)
        }
        await clock.advanceMs(50)
        visitors.inside().forEach(leave)
        await settle()
        expect(visitors.waiting()).toEqual([])
        visitors.inside().forEach(leave)
        expect(queue.isIdle()).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('gives the place of a visitor that goes while it is called to the next', async () => {
    const visitors = createVisitors(createPlaceQueue(createVirtualClock(), { ...two, maxConcurrent: 1 }))
    const [first, second, third] = [visitors.enter(), visitors.enter(), visitors.enter()]
    await settle()
    leave(first)
    // Called, but not told yet.
    second.gone.abort()
    await settle()
    expect(second.entry).toMatchObject({ kind: 'granted' })
    leave(second)
    await settle()
    expect(third.entry).toMatchObject({ kind: 'granted' })
  })
})
