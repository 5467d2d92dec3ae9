import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../src/core/index.ts'
import { parseSessions } from '../../src/scenario/index.ts'

const line = (id: string, requests = '{"t":0,"model":"m","in":100,"out":5,"cached":0}') =>
  `{"id":"${id}","block_size":64,"tool_tokens":20,"system_tokens":10,"requests":[${requests}]}`

function problemsOf(text: string): readonly string[] {
  const parsed = parseSessions({ file: 'sessions.jsonl', text })
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

describe('parseSessions', () => {
  it('reads a session, with think times worked out where they are not recorded', () => {
    const requests = [
      '{"t":0,"model":"m","in":100,"out":5,"cached":0,"api_s":2,"think_s":0,"stop":"tool_use"}',
      '{"t":9,"model":"m","in":200,"out":6,"cached":64,"think_s":4.5}',
      '{"t":12,"model":"m","in":300,"out":0,"cached":128,"subagent":true}',
      '{"t":20,"model":"m","in":300,"out":1,"cached":128,"api_s":1}',
      '{"t":23.5,"model":"m","in":301,"out":1,"cached":128}',
    ]
    expect(parseSessions({ file: 'f', text: `\uFEFF${line('a', requests.join(','))}\r\n\n` })).toEqual({
      ok: true,
      sessions: [
        {
          id: 'a',
          preambleTokens: 30,
          requests: [
            { inputTokens: 100, outputTokens: 5, cachedTokens: 0, thinkSeconds: 0, subagent: false },
            { inputTokens: 200, outputTokens: 6, cachedTokens: 64, thinkSeconds: 4.5, subagent: false },
            { inputTokens: 300, outputTokens: 0, cachedTokens: 128, thinkSeconds: 0, subagent: true },
            { inputTokens: 300, outputTokens: 1, cachedTokens: 128, thinkSeconds: 0, subagent: false },
            { inputTokens: 301, outputTokens: 1, cachedTokens: 128, thinkSeconds: 2.5, subagent: false },
          ],
        },
      ],
    })
  })

  it('reports all bad lines at once, each with line and column', () => {
    const text = [
      line('a'),
      '{"id":"b","requests":[',
      '[]',
      line('c', '{"t":0,"in":"many","out":5,"cached":0}'),
      line('d', '{"t":0,"in":10,"out":5,"cached":11}'),
      line('e', ''),
      line('a'),
    ].join('\n')
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^sessions\.jsonl:2:\d+ json-syntax: this line is not JSON$/),
      'sessions.jsonl:3:1 wrong-type: the document: expected keys and values, found a list',
      'sessions.jsonl:4:87 wrong-type: requests[0].in: expected a number, found a string',
      'sessions.jsonl:5:107 cached-too-long: requests[0]: 11 cached of 10 input tokens',
      'sessions.jsonl:6:74 out-of-range: requests: too small: expected array to have >=1 items',
      'sessions.jsonl:7:1 duplicate-id: line 1 has the same id "a"',
    ])
  })

  it('says that a file without sessions is empty', () => {
    expect(problemsOf('\n  \n')).toEqual(['sessions.jsonl:1:1 empty-file: there is no session in this file'])
  })

  it('tells the first hundred problems and counts the others', () => {
    const problems = problemsOf('nonsense: [\n'.repeat(250))
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toBe('sessions.jsonl:101:1 more-problems: and 150 more problems from here on')
  })
})
