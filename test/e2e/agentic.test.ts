import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const scenario = fileURLToPath(new URL('../../scenarios/agentic-coding.yaml', import.meta.url))

/** A recording made up in the form of the real one: prompts that grow turn by turn and repeat what came before. */
function recording(): string {
  const sessions = Array.from({ length: 20 }, (_, session) => {
    let before = 0
    const requests = Array.from({ length: 5 }, (_unused, turn) => {
      const tokens = before + (turn === 0 ? 4000 + session * 100 : 600)
      const request = { t: turn * 20, in: tokens, out: 60, cached: before, api_s: 4, think_s: 2 }
      before = tokens
      return request
    })
    return { id: `session-${session}`, tool_tokens: 1000, system_tokens: 1500, requests }
  })
  return sessions.map(line => `${JSON.stringify(line)}\n`).join('')
}

interface Attempt {
  readonly arm: string
  readonly input_tokens: number | null
  readonly cache_read_tokens: number | null
}

it('reads more from caches where conversations stay on a host, on a recording made up for the test', async () => {
  await using folder = await makeTemporaryFolder()
  const sessions = folder.file('sessions.jsonl')
  writeFileSync(sessions, recording())
  const run = await runCli(['run', scenario, '--file', sessions, '--limit', '4'], { cwd: folder.path })
  // A machine under load may make a run invalid, which is exit 3 and no defect.
  expect([0, 3], run.stderr).toContain(run.exitCode)
  expect(run.stdout).toContain('Records add up')
  const journal = folder.file('runs/latest/journal')
  const attempts = readdirSync(journal)
    .filter(name => name.includes('-attempts-'))
    .flatMap(name => readFileSync(`${journal}/${name}`, 'utf8').trim().split('\n'))
    .map((line): Attempt => JSON.parse(line))
  const share = (arm: string) => {
    const own = attempts.filter(attempt => attempt.arm === arm)
    const sum = (read: (attempt: Attempt) => number | null) =>
      own.reduce((all, attempt) => all + (read(attempt) ?? 0), 0)
    return sum(({ cache_read_tokens: tokens }) => tokens) / sum(({ input_tokens: tokens }) => tokens)
  }
  expect(share('sticky')).toBeGreaterThan(0.5)
  expect(share('by-opening')).toBeGreaterThan(0.5)
  expect(share('scattered')).toBeLessThan(share('sticky'))
}, 180_000)
