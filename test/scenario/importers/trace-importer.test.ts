import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../../src/core/index.ts'
import { createTraceImporter } from '../../../src/scenario/index.ts'
import { sampleTrace } from './sample-trace.ts'

function importAll(texts: Readonly<Record<string, string>>) {
  const importer = createTraceImporter()
  for (const [file, text] of Object.entries(texts)) importer.add({ file, text })
  return importer.finish()
}

describe('createTraceImporter', () => {
  it('writes a line for each session that is left, and counts', () => {
    const [first] = [sampleTrace()['requests']].flat()
    const imported = importAll({
      'a.json': JSON.stringify(sampleTrace()),
      'b.json': JSON.stringify(sampleTrace({ id: 'short', requests: [first] })),
      'c.json': JSON.stringify(sampleTrace({ id: 'twin' })),
    })
    expect(imported).toMatchObject({ ok: true, sessions: 2, requests: 5, collapsed: 1 })
    const lines = imported.ok ? imported.text.split('\n') : []
    expect(lines.map(line => line.slice(0, 16))).toEqual(['{"id":"trace_1",', '{"id":"short","b', ''])
  })

  it('tells the problems of all files', () => {
    const imported = importAll({
      'a.json': '{',
      'b.json': JSON.stringify(sampleTrace()),
      'c.json': JSON.stringify(sampleTrace({ id: 'c', requests: [] })),
      'd.json': JSON.stringify(sampleTrace()),
    })
    expect(imported.ok ? [] : imported.problems.map(formatProblem)).toEqual([
      'a.json:1:2 json-syntax: this is not JSON',
      expect.stringMatching(/^c\.json:1:\d+ out-of-range: requests: /),
      'd.json:1:1 duplicate-id: b.json has the same id "trace_1"',
    ])
  })

  it('tells the first hundred problems and counts the others', () => {
    const requests = Array.from({ length: 150 }, () => ({ type: 'x' }))
    const imported = importAll({ 'a.json': JSON.stringify(sampleTrace({ requests })) })
    const problems = imported.ok ? [] : imported.problems.map(formatProblem)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toMatch(/^a\.json:1:1 more-problems: and 50 more problems/)
  })
})
