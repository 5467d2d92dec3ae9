import { describe, expect, it } from 'vitest'
import { stateSlices } from '../../src/report/render/state-slices.ts'

const span = (
  state: 'closed' | 'open' | 'cooling' | 'half_open',
  fromSeconds: number,
  toSeconds: number,
) => ({ state, fromSeconds, toSeconds, reason: '' })
const ten = { fromSeconds: 0, toSeconds: 10, slices: 5 }

describe('stateSlices', () => {
  it.each([
    ['one state throughout', [span('closed', 0, 10)], ['closed', 'closed', 'closed', 'closed', 'closed']],
    [
      'a change on the edge of a slice',
      [span('closed', 0, 4), span('open', 4, 10)],
      ['closed', 'closed', 'open', 'open', 'open'],
    ],
    [
      'a trouble shorter than a slice',
      [span('closed', 0, 4.9), span('cooling', 4.9, 5), span('closed', 5, 10)],
      ['closed', 'closed', 'cooling', 'closed', 'closed'],
    ],
    [
      'two troubles in one slice, of which the weightier shows',
      [span('cooling', 0, 0.5), span('open', 0.5, 1), span('half_open', 1, 2), span('closed', 2, 10)],
      ['open', 'closed', 'closed', 'closed', 'closed'],
    ],
    ['an end before that of the time', [span('open', 0, 3)], ['open', 'open', null, null, null]],
  ] as const)('shows %s', (_, spans, expected) => {
    expect(stateSlices(spans, ten)).toEqual(expected)
  })
})
