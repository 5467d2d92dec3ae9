import { describe, expect, it } from 'vitest'
import { parseCassette } from '../../../src/sim/index.ts'

const header = {
  kind: 'cassette',
  version: 1,
  recorded_epoch_us: 1,
  upstream: 'https://api.example.com/v1',
  contents: false,
}
const take = {
  kind: 'exchange',
  key: '0'.repeat(32),
  method: 'POST',
  path: '/chat/completions',
  status: 200,
  headers: {},
  headers_us: 1,
  chunks: [[2, '{}']],
  end_us: 3,
  ended: 'complete',
}

function textOf(...lines: readonly (object | string)[]): string {
  return lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
}

function problemsOf(text: string): unknown {
  try {
    parseCassette({ file: 'tape.ndjson', text })
    return []
  } catch (error) {
    return error
  }
}

describe('parseCassette', () => {
  it('reads a header and its answers', () => {
    const { header: read, takes } = parseCassette({ file: 'tape.ndjson', text: textOf(header, take, '') })
    expect(read).toEqual(header)
    expect(takes).toEqual([take])
  })

  it.each([
    ['an empty file', '', '1:1 cassette-header: the first line is not the header of a cassette'],
    ['another file', textOf(take), '1:1 cassette-header: the first line is not the header of a cassette'],
    [
      'another version',
      textOf({ ...header, version: 2 }, take),
      '1:1 cassette-header: the cassette is of version 2; this program plays version 1',
    ],
    ['no answer', textOf(header), '1:1 cassette-empty: the cassette holds no answer'],
    [
      'a cut line',
      textOf(header, take, JSON.stringify(take).slice(0, 90)),
      '3:1 cassette-line: not JSON; the file is cut off or damaged here',
    ],
    ['a bad status', textOf(header, { ...take, status: 20 }), '2:1 cassette-line: status: '],
    [
      'pieces out of order',
      textOf(header, {
        ...take,
        chunks: [
          [2, 'a'],
          [1, 'b'],
        ],
      }),
      '2:1 cassette-line: chunks: pieces are not in order of time',
    ],
  ])('refuses %s and says where', (_, text, problem) => {
    expect(problemsOf(text)).toMatchObject({
      code: 'E_CASSETTE_INVALID',
      problems: [expect.stringContaining(`tape.ndjson:${problem}`)],
    })
  })
})
