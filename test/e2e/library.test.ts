import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CliResult, runCli, startCli } from '../support/run-cli.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

const scenarios = fileURLToPath(new URL('../../scenarios/', import.meta.url))
/** Some questions of the library, each played with few requests per arm. */
const played = [
  'free-tier',
  'data-policy',
  'tool-calling',
  'structured-output',
  'context-fallback',
  'model-matrix',
  'saturation-3',
]

/** A row of `requests` or `attempts` as the journal has it, as far as these tests look at it. */
interface Row {
  readonly vantage?: string
  readonly arm: string
  readonly item_id?: string
  readonly outcome: string
  readonly provider?: string
  readonly served_model?: string
  readonly finish_reason: string
  readonly checks?: number
  readonly checks_failed?: number
  readonly first_tool_us?: number | null
}

describe('the scenario library at reduced length', () => {
  let folder: TemporaryFolder
  let run: CliResult

  beforeAll(async () => {
    folder = await makeTemporaryFolder()
    const files = played.map(name => `${scenarios}${name}.yaml`)
    run = await runCli(['run', ...files, '--limit', '8'], { cwd: folder.path })
  }, 180_000)
  afterAll(() => folder[Symbol.asyncDispose]())

  /** Rows of one table of the run of a scenario; requests as the caller saw them. */
  function rowsOf(scenario: string, table: 'requests' | 'attempts'): readonly Row[] {
    const ids = readdirSync(folder.file('runs')).filter(name => name !== 'latest')
    const id = ids.find(name =>
      readFileSync(folder.file(`runs/${name}/scenario.resolved.yaml`), 'utf8').includes(
        `name: ${scenario}\n`,
      ),
    )
    const journal = folder.file(`runs/${id}/journal`)
    return readdirSync(journal)
      .filter(name => name.includes(`-${table}-`))
      .flatMap(name => readFileSync(`${journal}/${name}`, 'utf8').trim().split('\n'))
      .filter(line => line !== '')
      .map((line): Row => JSON.parse(line))
      .filter(row => table === 'attempts' || row.vantage === 'client')
  }

  it('plays each to its end, and its records add up', () => {
    // A machine under load may make a run invalid, which is exit 3 and no defect.
    expect([0, 3], run.stderr).toContain(run.exitCode)
    expect(run.stdout.match(/Records add up/g)).toHaveLength(played.length)
  })

  it('never asks a host that a data policy forbids', () => {
    const hosts = (arm: string) =>
      new Set(rowsOf('data-policy', 'attempts').flatMap(row => (row.arm === arm ? [row.provider] : [])))
    expect(hosts('any').size).toBeGreaterThan(0)
    const markdown = readFileSync(new URL('../../catalog/providers.yaml', import.meta.url), 'utf8')
    for (const host of hosts('zero-retention')) {
      const entry = markdown.split(/^ {2}- id: /m).find(text => text.startsWith(`${host}\n`))
      expect(entry, host).toMatch(/data_policy: \{ trains: false, retains: false \}/)
    }
  })

  it('gets tool calls where a tool is needed, and text elsewhere, from every family', () => {
    const rows = rowsOf('tool-calling', 'requests')
    expect(rows).toHaveLength(48)
    for (const row of rows) {
      const isCall = /weather|calendar|both/.test(row.item_id ?? '')
      expect(row, row.item_id).toMatchObject({
        outcome: 'ok',
        finish_reason: isCall ? 'tool_calls' : 'stop',
        first_tool_us: isCall ? expect.any(Number) : null,
      })
    }
  })

  it('gets JSON by the schema from hosts that support it, and prose from the others', () => {
    for (const { arm, checks, checks_failed: failed } of rowsOf('structured-output', 'requests'))
      expect([arm, checks, failed]).toEqual([arm, 1, arm === 'no-support' ? 1 : 0])
  })

  it('answers prompts that do not fit from the second model, where there is one', () => {
    const rows = rowsOf('context-fallback', 'requests')
    const failed = rows.filter(row => row.outcome !== 'ok')
    expect(new Set(failed.map(({ arm }) => arm))).toEqual(new Set(['alone']))
    const chain = rows.filter(row => row.arm === 'chain').map(row => row.served_model)
    expect(new Set(chain)).toEqual(new Set(['meta-llama/llama-3.3-70b-instruct', 'openai/gpt-oss-120b']))
  })

  it('plays two dozen models on identical prompts', () => {
    const rows = rowsOf('model-matrix', 'requests')
    expect(new Set(rows.map(({ served_model: model }) => model)).size).toBe(24)
    expect(new Set(rows.map(({ item_id: item }) => item)).size).toBe(8)
  })
})

describe('scenarios/router-overhead.yaml', () => {
  it('plays one host directly and through a router of its own', async () => {
    await using folder = await makeTemporaryFolder()
    const cwd = folder.path
    const providers = startCli(['providers', '--port', '0', '--speed', '20'], { cwd })
    const [, simUrl = ''] = await providers.said(/providers: (http:\S+)\/\{provider\}/)
    const router = startCli(['router', '--port', '0', '--providers-url', simUrl], { cwd })
    const [, routerUrl = ''] = await router.said(/router: (http:\S+)\/api/)
    const { writeFile } = await import('node:fs/promises')
    const text = readFileSync(`${scenarios}router-overhead.yaml`, 'utf8')
      .replaceAll('http://127.0.0.1:8788', simUrl)
      .replaceAll('http://127.0.0.1:8787', routerUrl)
    await writeFile(folder.file('overhead.yaml'), text)
    const args = ['run', 'overhead.yaml', '--limit', '20', '--store', 'own-store']
    const run = await runCli(args, { cwd, env: { SIM_KEY: 'any' } })
    for (const { child } of [router, providers]) child.kill('SIGINT')
    expect([0, 3], run.stderr).toContain(run.exitCode)
    const summary: { arms: Record<string, { outcomes: { ok: number } }> } = JSON.parse(
      readFileSync(folder.file('runs/latest/summary.json'), 'utf8'),
    )
    expect(Object.keys(summary.arms).toSorted()).toEqual(['direct', 'routed'])
    for (const { outcomes } of Object.values(summary.arms)) expect(outcomes.ok).toBeGreaterThan(0)
    expect((await router.ended).exitCode).toBe(0)
    expect((await providers.ended).exitCode).toBe(0)
  })
})
