import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseProviderLog } from '../../src/sim/index.ts'
import { type CliResult, runCli, startCli } from '../support/run-cli.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

const scenario = `version: 1
name: reconciled
seed: reconciled
arms:
  - { name: cheap, model: openai/gpt-oss-120b }
  - { name: fast, model: openai/gpt-oss-120b, parameters: { provider: { order: [groq, cerebras] } } }
workload: { kind: builtin, set: quickstart, requests: 20 }
arrivals: { kind: constant, rate_per_second: 20 }
simulation:
  speed: 20
  faults:
    - { kind: status, status: 503, provider: groq, ratio: 0.4 }
    - { kind: cut_stream, provider: groq, ratio: 0.4 }
`

const chat = {
  model: 'openai/gpt-oss-120b',
  messages: [{ role: 'user', content: 'A secret prompt' }],
  max_tokens: 5,
}

describe('routebench run --provider-log', () => {
  let folder: TemporaryFolder
  let run: CliResult

  beforeAll(async () => {
    folder = await makeTemporaryFolder()
    await writeFile(folder.file('scenario.yaml'), scenario)
    run = await runCli(['run', 'scenario.yaml', '--provider-log', '--limit', '10'], { cwd: folder.path })
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  it('plays the scenario at reduced length and keeps what the providers saw', () => {
    expect([0, 3], run.stderr).toContain(run.exitCode)
    expect(run.stderr).toMatch(/20 requests planned/)
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('trial: at most 10 requests per arm')
    expect(readFileSync(folder.file('runs/latest/report.md'), 'utf8')).toContain('trial: at most 10 requests')
    const file = folder.file('runs/latest/providers.ndjson')
    const lines = parseProviderLog({ file, text: readFileSync(file, 'utf8') })
    expect(lines.length).toBeGreaterThanOrEqual(20)
    expect(new Set(lines.map(({ status }) => status))).toEqual(new Set([200, 503]))
  })

  it('leaves records that agree with the log in requests, tokens, cost and cancellations', async () => {
    const { exitCode, stdout, stderr } = await runCli(['providers', 'reconcile', 'runs/latest'], {
      cwd: folder.path,
    })
    expect(stdout, stderr).toMatch(/log and run agree/)
    expect(exitCode).toBe(0)
  })

  it('names each difference and exits 3 when a record was changed', async () => {
    const journal = folder.file('runs/latest/journal')
    const name = readdirSync(journal).find(file => file.includes('-attempts-')) ?? ''
    const text = readFileSync(`${journal}/${name}`, 'utf8')
    writeFileSync(`${journal}/${name}`, text.replace(/"output_tokens":\d+/, '"output_tokens":4711'))
    const { exitCode, stdout } = await runCli(['providers', 'reconcile', 'runs/latest'], { cwd: folder.path })
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(
      /1 differences: output_tokens 1\n {2}output_tokens \S+ [0-9a-f]{16}: log \d+, run 4711/,
    )
  })

  it('says what is missing where there is no run or no log', async () => {
    const { exitCode, stderr } = await runCli(['providers', 'reconcile', 'nowhere'], { cwd: folder.path })
    expect(exitCode).toBe(64)
    expect(stderr).toMatch(/provider log nowhere\/providers\.ndjson[^]*run again with --provider-log/)
  })
})

describe('routebench providers --log', () => {
  it('keeps every request and is whole after Ctrl-C', async () => {
    await using folder = await makeTemporaryFolder()
    const args = ['providers', '--port', '0', '--speed', '50', '--log', 'out/log.ndjson']
    const providers = startCli(args, { cwd: folder.path })
    const [, url = ''] = await providers.said(/providers: (http:\S+)\/\{provider\}/)
    const answer = await fetch(`${url}/groq/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer secret-key', 'content-type': 'application/json' },
      body: JSON.stringify(chat),
    })
    await answer.text()
    providers.child.kill('SIGINT')
    expect((await providers.ended).exitCode).toBe(0)
    const text = readFileSync(folder.file('out/log.ndjson'), 'utf8')
    expect(parseProviderLog({ file: 'log', text })).toMatchObject([
      { endpoint: 'groq/gpt-oss-120b', status: 200, ended: 'complete', output_tokens: 5 },
    ])
    expect(text).not.toMatch(/secret/)
  })
})

describe('routebench providers --record and --replay', () => {
  it('records an API and plays it back without contents', async () => {
    await using folder = await makeTemporaryFolder()
    const cwd = folder.path
    const sim = startCli(['providers', '--port', '0', '--speed', '50'], { cwd })
    const [, simUrl = ''] = await sim.said(/providers: (http:\S+)\/\{provider\}/)
    const upstream = `${simUrl}/groq/v1`
    const recording = startCli(['providers', '--port', '0', '--record', upstream, '--out', 'tape.ndjson'], {
      cwd,
    })
    const [, recorderUrl = ''] = await recording.said(/recording: (http:\S+) /)
    const live = await ask(recorderUrl)
    for (const process of [recording, sim]) process.child.kill('SIGINT')
    expect((await recording.ended).stderr).toMatch(/tape\.ndjson: 1 answers\n/)
    expect((await sim.ended).exitCode).toBe(0)

    const replaying = startCli(['providers', '--port', '0', '--replay', 'tape.ndjson', '--speed', '4'], {
      cwd,
    })
    const [, playerUrl = ''] = await replaying.said(/replaying: (http:\S+) /)
    const played = await ask(playerUrl)
    replaying.child.kill('SIGINT')
    expect((await replaying.ended).exitCode).toBe(0)
    expect(played.usage).toEqual(live.usage)
    expect(played.text).toHaveLength(live.text.length)
  })

  it('says where a cassette is damaged, and that two sources do not go together', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('tape.ndjson'), '{"kind":"cassette","version":7}\n')
    const damaged = await runCli(['providers', '--replay', 'tape.ndjson'], { cwd: folder.path })
    expect(damaged.exitCode).toBe(64)
    expect(damaged.stderr).toMatch(/tape\.ndjson:1:1 cassette-header: the cassette is of version 7/)
    const both = ['providers', '--replay', 'tape.ndjson', '--record', 'http://127.0.0.1:1']
    const refused = await runCli(both, { cwd: folder.path })
    expect([refused.exitCode, refused.stderr]).toEqual([64, expect.stringMatching(/cannot be used with/)])
  })
})

async function ask(url: string): Promise<{ readonly text: string; readonly usage: unknown }> {
  const answer = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret-key', 'content-type': 'application/json' },
    body: JSON.stringify(chat),
  })
  const body: { choices: { message: { content: string } }[]; usage: unknown } = JSON.parse(
    await answer.text(),
  )
  return { text: body.choices[0]?.message.content ?? '', usage: body.usage }
}
