import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../../src/core/index.ts'
import { parseSessions } from '../../../src/scenario/index.ts'
import { importTrace } from '../../../src/scenario/importers/import-trace.ts'
import { sampleTrace } from './sample-trace.ts'

function problemsOf(text: string): readonly string[] {
  const imported = importTrace({ file: 'trace.json', text })
  return imported.ok ? [] : imported.problems.map(formatProblem)
}

describe('importTrace', () => {
  it('keeps sizes and times, counts leading known blocks as cached, and flattens sub-agents', () => {
    const imported = importTrace({ file: 'trace.json', text: `\uFEFF${JSON.stringify(sampleTrace())}\n` })
    expect(imported).toEqual({
      ok: true,
      session: {
        id: 'trace_1',
        block_size: 64,
        tool_tokens: 100,
        system_tokens: 20,
        requests: [
          { t: 0, model: 'model-a', in: 200, out: 5, cached: 0, api_s: 1.5, ttft_s: 0.5, stop: 'tool_use' },
          { t: 4, model: 'model-a', in: 250, out: 6, cached: 128, think_s: 2.5 },
          { t: 0, model: 'model-a', in: 150, out: 7, cached: 64, api_s: 2, think_s: 0, subagent: true },
          { t: 9, model: 'model-a', in: 250, out: 0, cached: 250, stop: 'end_turn' },
        ],
      },
    })
  })

  it('makes lines that parseSessions reads', () => {
    const imported = importTrace({ file: 'trace.json', text: JSON.stringify(sampleTrace()) })
    const text = imported.ok ? JSON.stringify(imported.session) : ''
    expect(parseSessions({ file: 'sessions.jsonl', text })).toMatchObject({
      ok: true,
      sessions: [
        {
          id: 'trace_1',
          preambleTokens: 120,
          requests: [
            { cachedTokens: 0 },
            { cachedTokens: 128 },
            { cachedTokens: 64, subagent: true },
            { cachedTokens: 250 },
          ],
        },
      ],
    })
  })

  it('reports everything that is wrong, each with line and column', () => {
    const text = `{"id": "", "block_size": 64, "tool_tokens": -1,
  "requests": [
    {"t": 0, "type": "s", "model": "m", "in": 0, "out": 1, "hash_ids": [1, "two", 3]},
    {"t": 0, "type": "r", "model": "m"},
    {"t": 0, "type": "subagent", "requests": [{"t": 0, "type": "n", "model": "m", "in": 5, "hash_ids": []}]}
  ]}`
    expect(problemsOf(text)).toEqual([
      'trace.json:1:1 missing-key: "system_tokens" is missing',
      expect.stringMatching(/^trace\.json:1:8 out-of-range: id: /),
      expect.stringMatching(/^trace\.json:1:45 out-of-range: tool_tokens: /),
      expect.stringMatching(/^trace\.json:3:47 out-of-range: requests\[0\]\.in: /),
      'trace.json:3:76 wrong-type: requests[0].hash_ids[1]: expected a number, found a string',
      expect.stringMatching(/^trace\.json:4:22 unknown-value: requests\[1\]\.type: "r" is not known/),
      'trace.json:5:47 missing-key: "out" is missing in requests[2].requests[0]',
    ])
  })

  it.each<[name: string, text: string, place: string]>([
    ['nothing', '', '1:1'],
    ['a page instead of a file', '<!DOCTYPE html>', '1:1'],
    ['a file that was cut', '{"id": "a",\n "requests": [{"t": 1', '2:22'],
    ['a word that is no value', '{"id": yes}', '1:8'],
    ['a second document', '{}\n{}', '2:1'],
  ])('says where %s stops being JSON', (_name, text, place) => {
    expect(problemsOf(text)).toEqual([`trace.json:${place} json-syntax: this is not JSON`])
  })
})

const data = new URL('../../../../shared/data/kv-cache-tester/', import.meta.url)

describe.skipIf(!existsSync(data))(
  'importTrace on recorded sessions (skipped without ../shared/data)',
  () => {
    const traces = existsSync(data)
      ? readdirSync(new URL('raw/', data)).map(name => readFileSync(new URL(`raw/${name}`, data), 'utf8'))
      : []
    const derived = new Map(
      (existsSync(data) ? readFileSync(new URL('sessions.jsonl', data), 'utf8') : '')
        .trimEnd()
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line))
        .map(line => [line.id, line] as const),
    )

    it('reads every unmodified trace', () => {
      expect(traces.map(text => problemsOf(text))).toEqual(traces.map(() => []))
    })

    it('gives the line that was made of the same trace independently', () => {
      const sessions = traces
        .map(text => importTrace({ file: 'trace.json', text }))
        .flatMap(imported => (imported.ok ? [imported.session] : []))
        .filter(({ id }) => derived.has(id))
      expect(sessions.map(({ id }) => id)).toEqual(['trace_0016', 'trace_0085', 'trace_0106', 'trace_0108'])
      for (const session of sessions) {
        // As it would be written and read back: keys without a value are gone.
        expect(JSON.parse(JSON.stringify(session))).toStrictEqual(derived.get(session.id))
      }
    })
  },
)
