import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collapseSessions } from '../../../src/scenario/importers/collapse-sessions.ts'
import type { SessionLine } from '../../../src/scenario/importers/session-line.ts'

function session(id: string, inputs: readonly number[]): SessionLine {
  const requests = inputs.map((input, t) => ({ t, model: 'm', in: input, out: 1, cached: 0 }))
  return { id, block_size: 64, tool_tokens: 0, system_tokens: 0, requests }
}

describe('collapseSessions', () => {
  it.each<[name: string, sessions: Readonly<Record<string, readonly number[]>>, kept: readonly string[]]>([
    [
      'keeps the longest of those that begin alike',
      { a: [1, 2, 3, 4, 5, 6], b: [1, 2, 3, 4, 5, 7, 8] },
      ['b'],
    ],
    ['keeps the first of equals', { a: [1, 2, 3, 4, 5, 6], b: [1, 2, 3, 4, 5, 7] }, ['a']],
    [
      'keeps those that part before the sixth request',
      { a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 6] },
      ['a', 'b'],
    ],
    ['keeps a short one that another begins with', { a: [1, 2], b: [1, 2, 3] }, ['a', 'b']],
    ['keeps the order', { a: [1], b: [9, 9, 9, 9, 9], c: [2], d: [9, 9, 9, 9, 9, 9] }, ['a', 'c', 'd']],
    ['keeps nothing of nothing', {}, []],
  ])('%s', (_name, inputs, kept) => {
    const sessions = Object.entries(inputs).map(([id, sizes]) => session(id, sizes))
    expect(collapseSessions(sessions).map(({ id }) => id)).toEqual(kept)
  })

  it('tells sessions apart by their output, too', () => {
    const a = session('a', [1])
    const b = { ...a, id: 'b', requests: [{ t: 0, model: 'm', in: 1, out: 2, cached: 0 }] }
    expect(collapseSessions([a, b])).toEqual([a, b])
  })

  it('changes nothing the second time', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.array(sizes), all => {
        const once = collapseSessions(all.map((inputs, index) => session(`s${index}`, inputs)))
        expect(collapseSessions(once)).toEqual(once)
      }),
    )
  })
})
