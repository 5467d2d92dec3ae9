import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CliResult, runCli, startCli } from '../support/run-cli.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

const small = `version: 1
name: small
seed: small
arms:
  - { name: cheap, model: openai/gpt-oss-120b }
  - { name: fast, model: openai/gpt-oss-120b, parameters: { provider: { order: [groq, cerebras] } } }
workload: { kind: builtin, set: quickstart, requests: 20 }
arrivals: { kind: constant, rate_per_second: 20 }
simulation:
  speed: 20
  faults:
    - { kind: status, status: 503, provider: groq, ratio: 0.5 }
`

interface Summary {
  readonly runId: string
  readonly status: string
  readonly validity: { readonly verdict: string; readonly reasons: readonly string[] }
  readonly conservation: { readonly verdict: string }
  readonly counts: Readonly<Record<string, number>>
  readonly cost: Readonly<Record<string, unknown>>
  readonly arms: Readonly<Record<string, object>>
  readonly endpoints: readonly object[]
  readonly run: { readonly planHash: string }
}

function readSummary(folder: TemporaryFolder, run = 'latest'): Summary {
  const summary: Summary = JSON.parse(readFileSync(folder.file(`runs/${run}/summary.json`), 'utf8'))
  return summary
}

describe('routebench run', () => {
  let folder: TemporaryFolder
  let first: CliResult

  beforeAll(async () => {
    folder = await makeTemporaryFolder()
    await writeFile(folder.file('small.yaml'), small)
    first = await runCli(['run', 'small.yaml'], { cwd: folder.path })
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  it('plays a scenario from start to report and exits by its verdict', () => {
    // A machine under load may make the run invalid, which is exit 3 and no defect.
    expect([0, 3], first.stderr).toContain(first.exitCode)
    expect(first.stdout).toMatch(/Request success/)
    expect(first.stdout).toMatch(/report: runs\/.*report\.html/)
  })

  it('writes every file that others rely on, and points latest at the run', () => {
    const files = readdirSync(folder.file('runs/latest'))
    expect(files).toEqual(
      expect.arrayContaining([
        'journal',
        'report.html',
        'report.md',
        'scenario.resolved.yaml',
        'summary.json',
      ]),
    )
    expect(readlinkSync(folder.file('runs/latest'))).toBe(readSummary(folder).runId)
  })

  it('counts every planned request once, and its records add up', () => {
    const { counts, conservation, status, arms, endpoints } = readSummary(folder)
    expect(counts).toMatchObject({ planned: 40, sent: 40 })
    const { ok = 0, error = 0, canceled = 0, truncated = 0 } = counts
    expect(ok + error + canceled + truncated).toBe(40)
    expect(conservation).toMatchObject({ verdict: 'holds', violations: [] })
    expect(status).toBe('done')
    expect(Object.keys(arms).toSorted()).toEqual(['cheap', 'fast'])
    expect(endpoints.length).toBeGreaterThan(1)
  })

  it('gives money as decimal strings', () => {
    const { usd, noCacheUsd } = readSummary(folder).cost
    expect(usd).toMatch(/^\d+\.\d+$/)
    expect(noCacheUsd).toMatch(/^\d+\.\d+$/)
  })

  it('prints the same report again from the store', async () => {
    const again = await runCli(['report', 'latest', '--format', 'json'], { cwd: folder.path })
    expect(again.exitCode, again.stderr).toBe(0)
    expect(JSON.parse(again.stdout)).toEqual(readSummary(folder))
  })

  it('makes the same plan and the same counts from the same seed', async () => {
    const second = await runCli(['run', 'small.yaml'], { cwd: folder.path })
    expect([0, 3], second.stderr).toContain(second.exitCode)
    const runs = readdirSync(folder.file('runs')).filter(name => name !== 'latest')
    expect(runs).toHaveLength(2)
    const [a, b] = runs.map(run => readSummary(folder, run))
    expect(b?.run.planHash).toBe(a?.run.planHash)
    expect(b?.counts).toEqual(a?.counts)
  })

  it('joins client, router and attempts in one trace in the store', async () => {
    const serving = startCli(['store', 'serve', '--port', '0'], { cwd: folder.path })
    const [, url = ''] = await serving.said(/store: (http:\S+)/)
    const sql = `SELECT SpanKind, count() AS n FROM routebench.otel_traces WHERE TraceId IN
      (SELECT trace_id FROM routebench.requests WHERE vantage = 'client' AND outcome = 'ok' LIMIT 1)
      GROUP BY SpanKind ORDER BY SpanKind FORMAT JSONEachRow`
    const answer = await fetch(`${url}/?query=${encodeURIComponent(sql)}`)
    const rows = (await answer.text()).trim().split('\n')
    serving.child.kill('SIGINT')
    expect((await serving.ended).exitCode).toBe(0)
    expect(rows.join()).toMatch(/Client.*Server/)
  })
})

describe('routebench run, interrupted', () => {
  it('keeps every finished request, reports them and exits 130', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('slow.yaml'), small.replace('requests: 20', 'requests: 400'))
    const running = startCli(['run', 'slow.yaml'], { cwd: folder.path })
    await running.said(/ [1-9]\d* ok/)
    running.child.kill('SIGINT')
    const { exitCode, stderr } = await running.ended
    expect(exitCode, stderr).toBe(130)
    expect(stderr).toMatch(/E_INTERRUPTED.*after \d+ of 800 requests/)
    const { counts, conservation, validity } = readSummary(folder)
    const { planned = 0, sent = 0, ok = 0, error = 0, canceled = 0, truncated = 0 } = counts
    expect(sent).toBeLessThan(planned)
    expect(ok).toBeGreaterThan(0)
    expect(ok + error + canceled + truncated).toBe(sent)
    expect(conservation.verdict).toBe('holds')
    expect(validity.reasons.join()).toMatch(/interrupted/)
  })

  it('ends in the same order when SIGTERM reaches its whole process group', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('slow.yaml'), small.replace('requests: 20', 'requests: 400'))
    const running = startCli(['run', 'slow.yaml'], { cwd: folder.path, detached: true })
    await running.said(/ [1-9]\d* ok/)
    process.kill(-(running.child.pid ?? Number.NaN), 'SIGTERM')
    const { exitCode, stdout, stderr } = await running.ended
    expect(exitCode, stderr).toBe(130)
    expect(stderr).toMatch(/E_INTERRUPTED.*after \d+ of 800 requests/)
    expect(stderr).not.toMatch(/\n {4}at /)
    expect(stdout).toMatch(/report: runs\/.*report\.html/)
    const { counts, conservation } = readSummary(folder)
    expect(counts['ok']).toBeGreaterThan(0)
    expect(conservation.verdict).toBe('holds')
  })
})

describe('routebench run with a budget', () => {
  it('stops sending when the budget is spent, reports what was sent and exits 75', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('dear.yaml'), `${small}budget: { max_usd: "0.0001" }\n`)
    const { exitCode, stderr } = await runCli(['run', 'dear.yaml'], { cwd: folder.path })
    expect(exitCode, stderr).toBe(75)
    expect(stderr).toMatch(/E_BUDGET_EXCEEDED/)
    const { counts, conservation } = readSummary(folder)
    expect(counts['sent']).toBeLessThan(40)
    expect(conservation.verdict).toBe('holds')
  })
})

describe('routebench run whose router is killed', () => {
  it('says so, does not believe the run, and keeps what both sides recorded before', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('killed.yaml'), small.replace('requests: 20', 'requests: 90'))
    const running = startCli(['run', 'killed.yaml'], { cwd: folder.path })
    await running.said(/ [1-9]\d* ok/)
    process.kill(childOf(running.child.pid, 'router-main'), 'SIGKILL')
    const { exitCode, stderr } = await running.ended
    expect(exitCode, stderr).toBe(3)
    const { counts, validity } = readSummary(folder)
    expect(counts).toMatchObject({ planned: 180, sent: 180 })
    expect(validity.reasons.join()).toMatch(/router process ended during the run/)
  })
})

describe('routebench run on a disk that is full', () => {
  it('counts the records that are lost, names the report it cannot write, and leaves no half of it', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('small.yaml'), small)
    const serving = startCli(['store', 'serve', '--port', '0'], { cwd: folder.path })
    await serving.said(/store: http/)
    const run = await runCli(['run', 'small.yaml'], { cwd: folder.path, maxFileBlocks: 16 })
    serving.child.kill('SIGTERM')
    await serving.ended
    expect(run.stderr).toMatch(/[1-9]\d* records are lost: runs\/\S+ could not be written/)
    expect(run.stderr).toMatch(/E_DISK: cannot write runs\/\S+\/(?:report|summary)\.\w+: EFBIG/)
    expect(run.stderr).not.toMatch(/\n {4}at /)
    expect(run.exitCode).toBe(75)
    const left = readdirSync(folder.file('runs/latest'))
    expect(left.filter(name => /report\.html|draft/.test(name))).toEqual([])
  })
})

/** The process id of a child by its command line. */
function childOf(parent: number | undefined, command: string): number {
  const pids = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')
  const found = pids.find(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(command))
  if (found === undefined) throw new Error(`no child runs ${command}`)
  return Number(found)
}
