import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

/** A trace of two requests; the second repeats the blocks of the first. */
function trace(id: string, inputTokens: number): string {
  const request = { type: 's', model: 'm', out: 40, api_time: 1, think_time: 3 }
  const requests = [
    { ...request, t: 0, in: inputTokens, hash_ids: [1, 2] },
    { ...request, t: 4, in: inputTokens * 2, hash_ids: [1, 2, 3] },
  ]
  return JSON.stringify({ id, block_size: 64, tool_tokens: 10, system_tokens: 20, requests })
}

const scenario = `name: recorded
arms: [{ name: a, model: openai/gpt-oss-120b }]
workload: { kind: sessions, file: ../data/sessions.jsonl, sessions: 2 }
arrivals: { kind: constant, rate_per_second: 10 }
`

describe('routebench trace', () => {
  let folder: TemporaryFolder
  beforeAll(async () => {
    folder = await makeTemporaryFolder()
    for (const name of ['traces', 'bad', 'empty', 'scenarios']) await mkdir(folder.file(name))
    await writeFile(folder.file('traces/b.json'), trace('b', 1200))
    await writeFile(folder.file('traces/a.json'), trace('a', 1000))
    await writeFile(folder.file('traces/notes.md'), 'not a trace')
    await writeFile(folder.file('bad/1.json'), '{"id": "x"')
    await writeFile(folder.file('bad/2.json'), trace('y', -1))
    await writeFile(folder.file('scenarios/recorded.yaml'), scenario)
  })
  afterAll(() => folder[Symbol.asyncDispose]())
  const run = (...args: readonly string[]) => runCli(args, { cwd: folder.path })

  it('makes a session file of a folder of traces, which scenarios play and stats describe', async () => {
    const imported = await run('trace', 'import', 'traces', 'traces/a.json', '--out', 'data/sessions.jsonl')
    expect(imported).toMatchObject({
      exitCode: 0,
      stdout: 'data/sessions.jsonl: 2 sessions, 4 requests from 2 files\n',
    })
    expect(await readdir(folder.file('data'))).toEqual(['sessions.jsonl'])
    const lines = (await readFile(folder.file('data/sessions.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).id)).toEqual(['a', 'b'])

    const stats = await run('trace', 'stats', 'data/sessions.jsonl')
    expect(stats.exitCode).toBe(0)
    expect(stats.stdout).toMatch(/2 sessions, 4 requests \(0 of sub-agents\)/)
    expect(stats.stdout).toMatch(/cached share of input tokens: 3\.88 %/)
    expect(stats.stdout).toMatch(/input tokens +│ +2,000 │ +2,400 │ +2,400 │/)
    expect(stats.stdout).toMatch(/think time, s +│ +3 │/)

    const planned = await run('run', '--dry-run', 'scenarios/recorded.yaml')
    expect(planned).toMatchObject({ exitCode: 0 })
    expect(planned.stdout).toMatch(/recorded: 4 requests/)
    const [, hash] = /plan (\w+)/.exec(planned.stdout) ?? []
    for (const file of ['data/sessions.jsonl', '../data/sessions.jsonl=data/sessions.jsonl']) {
      const replaced = await run('run', '--dry-run', 'scenarios/recorded.yaml', '--file', file)
      expect(replaced.stdout).toContain(`plan ${hash}`)
    }
  })

  type Row = readonly [name: string, args: readonly string[], message: RegExp]
  const rows: readonly Row[] = [
    [
      'traces that cannot be read, all at once',
      ['trace', 'import', 'bad', 'traces', '--out', 'new/out.jsonl'],
      /bad\/1\.json:1:11 json-syntax[\s\S]*bad\/2\.json:1:\d+ out-of-range[\s\S]*E_TRACE_INVALID: 2 trace file/,
    ],
    [
      'a folder without traces',
      ['trace', 'import', 'empty', '--out', 'new/out.jsonl'],
      /E_FILE_UNREADABLE.*empty/,
    ],
    [
      'a path that is not there',
      ['trace', 'import', 'none', '--out', 'new/out.jsonl'],
      /E_FILE_UNREADABLE.*none/,
    ],
    [
      'an output that cannot be written',
      ['trace', 'import', 'traces', '--out', 'empty'],
      /E_FILE_UNREADABLE.*empty/,
    ],
    ['a missing --out', ['trace', 'import', 'traces'], /--out/],
    ['no session file', ['trace', 'stats', 'traces/a.json'], /a\.json:1:\d+[\s\S]*E_TRACE_INVALID/],
    [
      'a --file without a name for a scenario of no files',
      ['run', 'plain.yaml', '--file', 'x'],
      /E_USAGE.*--file x/,
    ],
  ]
  it.each(rows)('says what is wrong with %s and writes nothing', async (_name, args, message) => {
    const plain = scenario.replace(/workload: .*/, 'workload: { kind: builtin, set: brief, requests: 1 }')
    await writeFile(folder.file('plain.yaml'), plain)
    const got = await run(...args)
    expect(got.stderr).toMatch(message)
    expect(got.exitCode).toBe(64)
    expect(got.stderr).not.toMatch(/\n {4}at /)
    expect(await readdir(folder.path)).not.toContain('new')
    expect((await readdir(folder.path)).filter(name => name.endsWith('.draft'))).toEqual([])
  })
})
