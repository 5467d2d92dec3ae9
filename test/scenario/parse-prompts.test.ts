import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../src/core/index.ts'
import { parsePrompts } from '../../src/scenario/index.ts'

function problemsOf(...lines: readonly string[]): readonly string[] {
  const parsed = parsePrompts({ file: 'p.jsonl', text: lines.join('\n') })
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

describe('parsePrompts', () => {
  it('reads a prompt with nothing else, named by its line', () => {
    expect(parsePrompts({ file: 'p.jsonl', text: '\n{"prompt":"Hello"}\n' })).toEqual({
      ok: true,
      prompts: [
        {
          id: 'line-2',
          line: 2,
          session: null,
          thinkMs: 0,
          messages: [{ role: 'user', content: 'Hello' }],
          timestampMs: null,
          maxTokens: null,
          parameters: {},
          checks: [],
          tags: {},
        },
      ],
    })
  })

  it('reads a prompt with everything', () => {
    const text = JSON.stringify({
      id: 'a',
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'U' },
      ],
      session_id: 's',
      think_ms: 5,
      timestamp_ms: 1.5,
      max_tokens: 3,
      parameters: { temperature: 0 },
      checks: [{ kind: 'regex', pattern: 'x' }],
      tags: { language: 'en' },
    })
    expect(parsePrompts({ file: 'p.jsonl', text })).toMatchObject({
      prompts: [
        {
          id: 'a',
          session: 's',
          thinkMs: 5,
          timestampMs: 1.5,
          maxTokens: 3,
          checks: [{ kind: 'regex', pattern: 'x', flags: '' }],
          tags: { language: 'en' },
        },
      ],
    })
  })

  it('reports all mistakes at once, each with line and column', () => {
    expect(
      problemsOf(
        '{"promt":"a"}',
        '{"prompt":"a","messages":[{"role":"user","content":"b"}]}',
        '{"prompt":"a","parameters":{"model":"x"}}',
        '{"prompt":"a","checks":[{"kind":"regex","pattern":"("}]}',
        '{"messages":[{"role":"usr","content":"b"}]}',
        '{"prompt":"a","id":"a b"}',
      ),
    ).toEqual([
      'p.jsonl:1:2 unknown-key: unknown key "promt"; did you mean "prompt"?',
      'p.jsonl:2:1 prompt-or-messages: write either prompt or messages',
      "p.jsonl:3:29 reserved-parameter: model is not a parameter: an arm's model goes into `model`",
      'p.jsonl:4:51 bad-regex: Invalid regular expression: /(/: Unterminated group',
      'p.jsonl:5:22 unknown-value: messages[0].role: "usr" is not known; did you mean "user"?',
      'p.jsonl:6:20 bad-format: id: an id has 1 to 180 characters, without white space and "#"',
    ])
  })
})
