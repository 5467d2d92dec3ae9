import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { hashKey } from '../../src/router/keys/key-ring.ts'
import { runCli } from '../support/run-cli.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

describe('routebench keys', () => {
  it('makes a key whose block of configuration it lists again, without the key', async () => {
    await using folder = await makeTemporaryFolder()
    const flags = ['--budget', '10.50', '--reset', 'monthly', '--markup', '2.5', '--model', 'openai/*']
    const made = await runCli(['keys', 'new', '--name', 'team-a', ...flags], { cwd: folder.path })
    expect(made.exitCode).toBe(0)
    const [key = '', , ...block] = made.stdout.split('\n')
    expect(key).toMatch(/^rb-[\w-]{43}$/)
    const config = block.join('\n')
    expect(config).toContain(hashKey(key))
    expect(config).not.toContain(key)
    await writeFile(folder.file('router.yaml'), config)

    const listed = await runCli(['keys', 'list', '--config', 'router.yaml'], { cwd: folder.path })
    expect(listed.exitCode).toBe(0)
    expect(listed.stdout).toMatch(/team-a .*inference .*10\.5 USD monthly .*openai\/\* .*2\.5 % .*valid/)
    expect(listed.stdout).not.toContain(key)
  })

  it('makes another key each time', async () => {
    await using folder = await makeTemporaryFolder()
    const keys = [1, 2].map(async () => {
      const { stdout } = await runCli(['keys', 'new', '--name', 'team-a'], { cwd: folder.path })
      return stdout.split('\n')[0]
    })
    expect(new Set(await Promise.all(keys)).size).toBe(2)
  })

  it.each([
    [['--name', 'a/b'], /bad-format: keys\[0\]\.name/],
    [['--name', 'a', '--reset', 'daily'], /keys\[0\]\.budget\.limit_usd/],
    [['--name', 'a', '--budget', '-1'], /keys\[0\]\.budget\.limit_usd/],
    [['--name', 'a', '--expires', 'tomorrow'], /keys\[0\]\.expires/],
    [['--name', 'a', '--markup', 'much'], /keys\[0\]\.markup_percent/],
  ])('makes none of %j and says what is wrong', async (flags, problem) => {
    await using folder = await makeTemporaryFolder()
    const { exitCode, stdout, stderr } = await runCli(['keys', 'new', ...flags], { cwd: folder.path })
    expect(exitCode).toBe(64)
    expect(stderr).toMatch(problem)
    expect(stdout).toBe('')
  })
})
