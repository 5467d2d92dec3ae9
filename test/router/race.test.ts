import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../src/core/index.ts'
import type { Attempt } from '../../src/router/attempt.ts'
import { race, type Lane, type Runner } from '../../src/router/race.ts'
import type { StreamEvent } from '../../src/wire/index.ts'

const chunk = (text: string, hasToken = true): StreamEvent => ({ kind: 'chunk', data: { text }, hasToken })

/** What a runner of these tests ends with: as much of an attempt as a race looks at. */
interface Made {
  readonly name: string
  readonly isWinner: boolean
  readonly isLost: boolean
  readonly failure: object | null
}

/** What happens to one attempt, in milliseconds of the virtual clock. */
interface Plan {
  readonly name: string
  readonly steps: readonly (readonly [atMs: number, what: 'role' | 'token' | 'ok' | 'fail'])[]
}

async function play(options: {
  readonly first: Plan
  readonly second: Plan | null
  readonly afterMs?: number
  readonly leaveMs?: number
}) {
  const clock = createVirtualClock()
  const gone = new AbortController()
  const events: string[] = []
  const log: string[] = []
  const runner =
    (plan: Plan): Runner =>
    async lane => {
      log.push(`${plan.name} begins at ${clock.monoNs() / 1e6}`)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A race looks at nothing else of an attempt.
      return (await run(plan, lane)) as unknown as Attempt
    }

  async function run({ name, steps }: Plan, lane: Lane): Promise<Made> {
    const beganNs = clock.monoNs()
    for (const [atMs, what] of steps) {
      try {
        await clock.sleepUntil(beganNs + atMs * 1e6, lane.signal)
      } catch {
        log.push(`${name} given up at ${clock.monoNs() / 1e6}`)
        return { name, failure: {}, isLost: lane.hasLost(), isWinner: lane.tokenSent() }
      }
      if (what === 'ok') {
        const isWinner = lane.wins()
        return { name, failure: null, isWinner, isLost: !isWinner }
      }
      if (what === 'fail') return { name, failure: {}, isLost: false, isWinner: lane.tokenSent() }
      lane.onEvent(chunk(`${name} ${what}`, what === 'token'))
    }
    throw new Error('a plan ends with ok or fail')
  }

  const done = race({
    clock,
    signal: gone.signal,
    afterMs: options.afterMs ?? 100,
    first: runner(options.first),
    second: () => options.second && runner(options.second),
    onEvent: event => events.push(event.kind === 'chunk' ? String(event.data['text']) : event.text),
    onWinner: winner => log.push(`${winner === 0 ? 'first' : 'second'} wins at ${clock.monoNs() / 1e6}`),
  })
  for (let ms = 0; ms < 1_000; ms += 5) {
    await clock.advanceMs(5)
    if (ms + 5 === options.leaveMs) gone.abort()
  }
  const attempts = await done
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- These are what the runners gave.
  return { attempts: attempts as unknown as readonly Made[], events, log }
}

const fast: Plan = {
  name: 'a',
  steps: [
    [50, 'token'],
    [300, 'token'],
    [400, 'ok'],
  ],
}
const slow: Plan = {
  name: 'a',
  steps: [
    [20, 'role'],
    [200, 'token'],
    [400, 'ok'],
  ],
}
const slower: Plan = {
  name: 'a',
  steps: [
    [20, 'role'],
    [500, 'token'],
    [600, 'ok'],
  ],
}
const other: Plan = {
  name: 'b',
  steps: [
    [10, 'role'],
    [150, 'token'],
    [300, 'ok'],
  ],
}

describe('race', () => {
  it('is none when the first token comes in time, however long the answer takes', async () => {
    const { attempts, events, log } = await play({ first: fast, second: other })
    expect(attempts).toMatchObject([{ name: 'a', isWinner: true, isLost: false }])
    expect(events).toEqual(['a token', 'a token'])
    expect(log).toEqual(['a begins at 0', 'first wins at 50'])
  })

  it('is left to the first when it has its token before the second has', async () => {
    const { attempts, events, log } = await play({ first: slow, second: other })
    expect(attempts).toMatchObject([
      { name: 'b', isWinner: false, isLost: true },
      { name: 'a', isWinner: true, isLost: false },
    ])
    expect(events).toEqual(['a role', 'a token'])
    expect(log).toEqual(['a begins at 0', 'b begins at 100', 'first wins at 200', 'b given up at 200'])
  })

  it('is won by the second when it has its token first, and nothing of the first is heard', async () => {
    const { attempts, events, log } = await play({ first: slower, second: other })
    expect(attempts).toMatchObject([
      { name: 'a', isWinner: false, isLost: true },
      { name: 'b', isWinner: true, isLost: false },
    ])
    expect(events).toEqual(['b role', 'b token'])
    expect(log).toEqual(['a begins at 0', 'b begins at 100', 'second wins at 250', 'a given up at 250'])
  })

  it.each<[string, Plan, Plan, readonly string[]]>([
    ['the second when the first fails', { name: 'a', steps: [[120, 'fail']] }, other, ['b role', 'b token']],
    ['the first when the second fails', slow, { name: 'b', steps: [[10, 'fail']] }, ['a role', 'a token']],
  ])('leaves it to %s', async (_name, first, second, expected) => {
    const { attempts, events } = await play({ first, second })
    expect(events).toEqual(expected)
    expect(attempts.at(-1)).toMatchObject({ isWinner: true, failure: null })
    expect(attempts[0]).toMatchObject({ isWinner: false, isLost: false })
  })

  it('tells both failures, in the order of their ends', async () => {
    const { attempts, events } = await play({
      first: { name: 'a', steps: [[150, 'fail']] },
      second: { name: 'b', steps: [[200, 'fail']] },
    })
    expect(attempts).toMatchObject([
      { name: 'a', isLost: false },
      { name: 'b', isLost: false },
    ])
    expect(events).toEqual([])
  })

  it('starts no second attempt once the first has failed', async () => {
    const { attempts, log } = await play({ first: { name: 'a', steps: [[50, 'fail']] }, second: other })
    expect(attempts).toHaveLength(1)
    expect(log).toEqual(['a begins at 0'])
  })

  it('goes on alone when there is no second attempt', async () => {
    const { attempts, events } = await play({ first: slow, second: null })
    expect(attempts).toHaveLength(1)
    expect(events).toEqual(['a role', 'a token'])
  })

  it('is won by the first whole answer where there are no tokens to see', async () => {
    const { attempts } = await play({
      first: { name: 'a', steps: [[400, 'ok']] },
      second: { name: 'b', steps: [[50, 'ok']] },
    })
    expect(attempts).toMatchObject([
      { name: 'a', isLost: true, isWinner: false },
      { name: 'b', isLost: false, isWinner: true },
    ])
  })

  it('has one winner when both end at once', async () => {
    const { attempts } = await play({
      first: { name: 'a', steps: [[200, 'ok']] },
      second: { name: 'b', steps: [[100, 'ok']] },
    })
    expect(attempts.filter(({ isWinner }) => isWinner)).toHaveLength(1)
    expect(attempts.filter(({ isLost }) => isLost)).toHaveLength(1)
  })

  it('is given up by both when the caller goes away', async () => {
    const { attempts, log } = await play({ first: slower, second: other, leaveMs: 150 })
    expect(attempts).toMatchObject([
      { isLost: false, isWinner: false },
      { isLost: false, isWinner: false },
    ])
    expect(log.filter(line => /given up at 15\d/.test(line))).toHaveLength(2)
  })

  it('starts no second attempt for a caller that has gone', async () => {
    const { attempts } = await play({ first: slower, second: other, leaveMs: 50 })
    expect(attempts).toHaveLength(1)
  })
})
