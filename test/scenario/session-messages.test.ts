import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillerText } from '../../src/scenario/index.ts'
import type { PlannedMessage } from '../../src/scenario/index.ts'
import type { Session, SessionRequest } from '../../src/scenario/session.ts'
import { sessionMessages } from '../../src/scenario/session-messages.ts'

function textOf(messages: readonly PlannedMessage[]): string {
  return messages
    .flatMap(message => message.parts)
    .map(part => (part.kind === 'text' ? part.text : fillerText(part.key, part.tokens)))
    .join('')
}

function sharedTokens(a: string, b: string): number {
  let shared = 0
  while (shared < a.length && a[shared] === b[shared]) shared++
  return Math.floor(shared / 4)
}

interface Turn {
  readonly kept: number
  readonly added: number
  readonly outputTokens: number
  readonly subagent: boolean
}

function requestsOf(turns: readonly Turn[]): readonly SessionRequest[] {
  let longest = 0
  return turns.map(({ kept, added, outputTokens, subagent }) => {
    const cachedTokens = Math.floor(longest * kept)
    const inputTokens = cachedTokens + added
    longest = Math.max(longest, inputTokens)
    return { inputTokens, outputTokens, cachedTokens, thinkSeconds: 0, subagent }
  })
}

/** Sessions as they are recorded: nothing is cached that was not sent, and every prompt has something new. */
const sessionArbitrary: fc.Arbitrary<Session> = fc
  .array(
    fc.record({
      kept: fc.double({ min: 0, max: 1, noNaN: true }),
      added: fc.integer({ min: 1, max: 400 }),
      outputTokens: fc.integer({ min: 0, max: 300 }),
      subagent: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .chain(turns =>
    fc.record({
      id: fc.constant('s'),
      preambleTokens: fc.integer({ min: 0, max: 200 }),
      requests: fc.constant(requestsOf(turns)),
    }),
  )

describe('sessionMessages', () => {
  it('gives every turn its recorded length and exactly its recorded share with earlier turns', () => {
    fc.assert(
      fc.property(sessionArbitrary, session => {
        const prompts = sessionMessages(session, 'key').map(textOf)
        for (const [turn, { inputTokens, cachedTokens }] of session.requests.entries()) {
          const prompt = prompts[turn] ?? ''
          expect(prompt.length).toBe(inputTokens * 4)
          if (turn === 0) continue
          const shared = Math.max(...prompts.slice(0, turn).map(earlier => sharedTokens(prompt, earlier)))
          // The first letters of two fillers may be the same by chance.
          expect(shared).toBeGreaterThanOrEqual(cachedTokens)
          expect(shared).toBeLessThan(cachedTokens + 4)
        }
      }),
    )
  })

  it('ends every prompt with words of the user and never has two messages of one role in a row', () => {
    fc.assert(
      fc.property(sessionArbitrary, session => {
        for (const messages of sessionMessages(session, 'key')) {
          expect(messages.at(-1)?.role).toBe('user')
          expect(messages.every((message, index) => message.role !== messages[index - 1]?.role)).toBe(true)
        }
      }),
    )
  })

  it('puts the preamble first, and the answer of the turn before in front of the new question', () => {
    const session = {
      id: 's',
      preambleTokens: 50,
      requests: [
        { inputTokens: 80, outputTokens: 7, cachedTokens: 0, thinkSeconds: 0, subagent: false },
        { inputTokens: 100, outputTokens: 1, cachedTokens: 80, thinkSeconds: 0, subagent: false },
      ],
    }
    const sizes = sessionMessages(session, 'k').map(messages =>
      messages.map(({ role, parts }) => [
        role,
        parts.map(part => (part.kind === 'filler' ? part.tokens : 0)),
      ]),
    )
    expect(sizes).toEqual([
      [
        ['system', [50]],
        ['user', [30]],
      ],
      [
        ['system', [50]],
        ['user', [30]],
        ['assistant', [7]],
        ['user', [13]],
      ],
    ])
  })

  it('returns to the main conversation after a sub-agent with a prompt of its own', () => {
    const request = { outputTokens: 0, thinkSeconds: 0 }
    const session = {
      id: 's',
      preambleTokens: 0,
      requests: [
        { ...request, inputTokens: 1000, cachedTokens: 0, subagent: false },
        { ...request, inputTokens: 300, cachedTokens: 0, subagent: true },
        { ...request, inputTokens: 400, cachedTokens: 256, subagent: true },
        { ...request, inputTokens: 1100, cachedTokens: 960, subagent: false },
      ],
    }
    const [first = '', agent = '', again = '', main = ''] = sessionMessages(session, 'k').map(textOf)
    expect(sharedTokens(main, first)).toBe(960)
    expect(sharedTokens(again, agent)).toBe(256)
    expect(sharedTokens(agent, first)).toBeLessThan(4)
  })

  it('starts afresh where a first turn was recorded as cached', () => {
    const requests = [
      { inputTokens: 64, outputTokens: 1, cachedTokens: 32, thinkSeconds: 0, subagent: false },
    ]
    const [messages = []] = sessionMessages({ id: 's', preambleTokens: 0, requests }, 'k')
    expect(textOf(messages).length).toBe(64 * 4)
  })
})
