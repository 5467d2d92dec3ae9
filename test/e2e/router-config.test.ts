import { createHash } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli, startCli } from '../support/run-cli.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const folder = await makeTemporaryFolder()
afterAll(() => folder[Symbol.asyncDispose]())
const cwd = folder.path
const file = folder.file('router.yaml')
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')
/** Keys that the machine of the tests may have. */
const noKeys = Object.fromEntries(
  Object.keys(process.env)
    .filter(name => name.includes('_API_KEY'))
    .map(name => [name, '']),
)
const withKey = (key: string, port = 0) =>
  `listen: { port: ${port} }\nkeys: [{ name: k, sha256: ${hashOf(key)} }]\n`

describe('routebench router', () => {
  it('follows its file and SIGHUP, and keeps the last good configuration when a new one is wrong', async () => {
    writeFileSync(file, withKey('first'))
    const router = startCli(['router', '--config', 'router.yaml', '--providers-url', 'http://127.0.0.1:9'], {
      cwd,
    })
    const [, url = ''] = await router.said(/router: (http:\S+)\/api/)
    const statusWith = async (key: string) => {
      const headers = { authorization: `Bearer ${key}` }
      return (await fetch(`${url}/api/v1/key`, { headers })).status
    }
    expect([await statusWith('first'), await statusWith('second')]).toEqual([200, 401])

    // As editors do: a new file in the place of the old one.
    writeFileSync(`${file}.new`, withKey('second'))
    renameSync(`${file}.new`, file)
    await router.said(/configuration reloaded: a file has changed\n/)
    expect([await statusWith('first'), await statusWith('second')]).toEqual([401, 200])

    writeFileSync(file, `${withKey('third')}limits: { body_bytes: -1 }\n`)
    await router.said(/router\.yaml:3:23 out-of-range: [^]*goes on with the configuration it has\n/)
    expect([await statusWith('second'), await statusWith('third')]).toEqual([200, 401])

    writeFileSync(file, withKey('fourth', 1))
    router.child.kill('SIGHUP')
    await router.said(/listen\.port takes effect at the next start\n/)
    expect([await statusWith('second'), await statusWith('fourth')]).toEqual([401, 200])

    router.child.kill('SIGINT')
    expect((await router.ended).exitCode).toBe(0)
  })

  it('keeps the door shut, and goes on, when its file loses the keys, is emptied or is deleted', async () => {
    const doorFile = folder.file('door.yaml')
    writeFileSync(doorFile, withKey('first'))
    const args = ['router', '--config', 'door.yaml', '--providers-url', 'http://127.0.0.1:9']
    const router = startCli(args, { cwd })
    const [, url = ''] = await router.said(/router: (http:\S+)\/api/)
    const statuses = () =>
      Promise.all(
        ['first', 'none'].map(async key => {
          const headers = { authorization: `Bearer ${key}` }
          return (await fetch(`${url}/api/v1/key`, { headers })).status
        }),
      )
    expect(await statuses()).toEqual([200, 401])

    writeFileSync(doorFile, 'listen: { port: 0 }\n')
    await router.said(/no keys, the running one has 1[^]*let everybody in; restart[^]*goes on with/)
    expect(await statuses()).toEqual([200, 401])

    writeFileSync(doorFile, '')
    await router.said(/door\.yaml is empty: the last good configuration keeps serving\n/)
    writeFileSync(doorFile, withKey('first'))
    await router.said(/configuration reloaded: a file has changed\n/)
    rmSync(doorFile)
    await router.said(/door\.yaml is gone: the last good configuration keeps serving\n/)
    expect(await statuses()).toEqual([200, 401])

    router.child.kill('SIGINT')
    const { exitCode, stderr } = await router.ended
    expect([exitCode, stderr.match(/keeps serving/g)?.length]).toEqual([0, 2])
  })

  it('names the ledger’s setting when another router has the folder', async () => {
    writeFileSync(folder.file('ledger.yaml'), 'listen: { port: 0 }\nrecords: { ledger: spent }\n')
    const flags = ['router', '--config', 'ledger.yaml', '--providers-url', 'http://127.0.0.1:9']
    const router = startCli([...flags, '--store', 'a', '--journal', 'b'], { cwd })
    await router.said(/router: http/)
    const { exitCode, stderr } = await runCli([...flags, '--store', 'c', '--journal', 'd'], { cwd })
    router.child.kill('SIGINT')
    await router.ended
    expect(exitCode).toBe(75)
    expect(stderr).toMatch(/E_STORE_LOCKED: the ledger in spent [^]*records\.ledger/)
  })

  it('says at its start which keys it found', async () => {
    for (const [key, words] of [
      ['', /providers: 0 of \d+ have an API key\nwarning: .*404; set one or more \(\w+_API_KEY, /],
      ['sk-hidden', /providers: 1 of \d+ have an API key\n(?!warning)/],
    ] as const) {
      const router = startCli(['router', '--port', '0'], { cwd, env: { ...noKeys, GROQ_API_KEY: key } })
      await router.said(words)
      router.child.kill('SIGINT')
      expect((await router.ended).stderr).not.toContain('hidden')
    }
  })

  it('keeps answers for those who ask, when the file says so, also beyond its end', async () => {
    const providers = startCli(['providers', '--port', '0'], { cwd })
    const [, providersUrl = ''] = await providers.said(/providers: (http:\S+)\/\{provider\}/)
    const settings = 'listen: { port: 0 }\nresponse_cache: { enabled: true, folder: answers }\n'
    writeFileSync(folder.file('cache.yaml'), settings)
    const body = JSON.stringify({
      model: 'openai/gpt-oss-20b',
      max_tokens: 2,
      messages: [{ role: 'user', content: 'Hello' }],
    })
    for (const wanted of ['MISS', 'HIT']) {
      const router = startCli(['router', '--config', 'cache.yaml', '--providers-url', providersUrl], { cwd })
      const [, url = ''] = await router.said(/router: (http:\S+)\/api/)
      const headers = { 'content-type': 'application/json', 'x-openrouter-cache': 'true' }
      const response = await fetch(`${url}/api/v1/chat/completions`, { method: 'POST', headers, body })
      expect([response.status, response.headers.get('x-openrouter-cache-status')]).toEqual([200, wanted])
      await response.text()
      router.child.kill('SIGINT')
      expect((await router.ended).exitCode).toBe(0)
    }
    providers.child.kill('SIGINT')
    await providers.ended
  })

  it('prints its effective configuration and ends', async () => {
    const args = ['router', '--print-config', '--sticky-ttl', '5', '--port', '9000']
    const { exitCode, stdout, stderr } = await runCli(args, { cwd })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('  port: 9000 # command line\n')
    expect(stdout).toContain('    ttl_seconds: 5 # command line\n')
    expect(stdout).toContain('  max_attempts: 10\n')
  })

  it.each([
    ['everyone without keys', ['--host', '0.0.0.0'], /command line open-door: .*without keys/],
    ['a file that is not there', ['--config', 'none.yaml'], /E_FILE_UNREADABLE/],
    ['another catalogue that is not there', ['--catalog', 'none.yaml'], /E_FILE_UNREADABLE/],
  ])('refuses to serve %s with exit code 64', async (_name, flags, problem) => {
    const { exitCode, stderr } = await runCli(['router', '--port', '0', ...flags], { cwd })
    expect(exitCode).toBe(64)
    expect(stderr).toMatch(problem)
  })
})
