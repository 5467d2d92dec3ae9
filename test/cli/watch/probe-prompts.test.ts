import { describe, expect, it } from 'vitest'
import { probePrompts } from '../../../src/cli/watch/probe-prompts.ts'
import { parseScenario } from '../../../src/scenario/index.ts'

function promptsOf(text: string, files: Readonly<Record<string, string>> = {}) {
  const parsed = parseScenario({ file: 'watch.yaml', text })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return probePrompts({ scenario: parsed.scenario, files: new Map(Object.entries(files)) })
}

const head = `version: 1
name: probes
seed: s
`
const twoArms = `arms:
  - { name: a, model: acme/one, parameters: { provider: { order: [groq] }, temperature: 1 } }
  - { name: b, model: acme/two, target: { base_url: 'http://127.0.0.1:9/v1' } }
`

describe('probePrompts', () => {
  it('gives each prompt once whatever the arms, with the fields of the scenario and of the prompt', () => {
    const prompts = promptsOf(
      `${head}${twoArms}workload: { kind: prompts, file: p.jsonl }
arrivals: { kind: recorded }
request: { max_tokens: 7, parameters: { top_p: 0.5 } }
`,
      {
        'p.jsonl': [
          '{"id":"late","messages":[{"role":"user","content":"One"}],"timestamp_ms":5000}',
          '{"id":"early","messages":[{"role":"user","content":"Two"}],"max_tokens":3,"timestamp_ms":10}',
        ].join('\n'),
      },
    )
    expect(prompts.map(({ itemId }) => itemId)).toEqual(['late', 'early'])
    expect(prompts.map(prompt => JSON.parse(prompt.bodyFor('acme/two').toString()))).toEqual([
      {
        model: 'acme/two',
        messages: [{ role: 'user', content: 'One' }],
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 7,
        top_p: 0.5,
      },
      expect.objectContaining({ messages: [{ role: 'user', content: 'Two' }], max_tokens: 3 }),
    ])
  })

  it('takes the first turn of a conversation only', () => {
    const prompts = promptsOf(
      `${head}arms: [{ name: a, model: acme/one }]
workload: { kind: builtin, set: quickstart, requests: 60 }
arrivals: { kind: closed, concurrency: 1 }
`,
    )
    const bodies = prompts.map(prompt => JSON.parse(prompt.bodyFor('acme/one').toString()))
    expect(bodies.length).toBeGreaterThan(5)
    expect(
      bodies.every(({ messages }) => !messages.some((one: { role: string }) => one.role === 'assistant')),
    ).toBe(true)
    expect(bodies.every(body => !('session_id' in body))).toBe(true)
  })
})
