import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli, startCli } from '../support/run-cli.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

const sound = `version: 1
name: sound
arms: [{ name: a, model: openai/gpt-oss-120b }]
workload: { kind: builtin, set: quickstart, requests: 2 }
arrivals: { kind: constant, rate_per_second: 10 }
`

describe('routebench with bad input', () => {
  let folder: TemporaryFolder
  beforeAll(async () => {
    folder = await makeTemporaryFolder()
    await writeFile(folder.file('sound.yaml'), sound)
    await writeFile(
      folder.file('wrong.yaml'),
      sound.replace('requests: 2', 'requests: -2').replace('name: sound', 'nam: x'),
    )
    await writeFile(folder.file('model.yaml'), sound.replace('gpt-oss-120b', 'gpt-oss-12b'))
    await writeFile(
      folder.file('trace.yaml'),
      sound.replace(/workload: .*/, 'workload: { kind: sessions, file: bad.jsonl, sessions: 1 }'),
    )
    await writeFile(folder.file('bad.jsonl'), '{"id": 1}\nno json\n')
    await writeFile(folder.file('catalog.yaml'), 'version: 1\nmodels: 7\n')
    await mkdir(folder.file('odd/client-runs-000001.ndjson'), { recursive: true })
    await mkdir(folder.file('damaged'))
    await writeFile(folder.file('damaged/engine'), 'no folder')
    const hosts = 'parameters: { provider: { only: [nobody] } }, model: openai'
    await writeFile(folder.file('host.yaml'), sound.replace('model: openai', hosts))
    const fault = 'simulation: { faults: [{ kind: outage, provider: nobody }] }\n'
    await writeFile(folder.file('fault.yaml'), `${sound}${fault}`)
    await writeFile(
      folder.file('keyless.yaml'),
      sound.replace('model: openai', 'target: router, model: openai'),
    )
    const gone = 'target: { base_url: "http://127.0.0.1:9/v1", api_key_env: null }, model: openai'
    await writeFile(folder.file('gone.yaml'), sound.replace('model: openai', gone))
    await writeFile(
      folder.file('key.yaml'),
      sound.replace(
        'model: openai',
        'target: { base_url: "http://127.0.0.1:9/v1", api_key_env: NO_SUCH_KEY }, model: openai',
      ),
    )
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  type Row = readonly [name: string, args: readonly string[], exitCode: number, message: RegExp]
  const rows: readonly Row[] = [
    ['an unknown command', ['frobnicate'], 64, /unknown command/],
    ['an unknown option', ['run', '--nope', 'sound.yaml'], 64, /unknown option/],
    ['a missing scenario', ['run', 'none.yaml'], 64, /E_FILE_UNREADABLE.*none\.yaml/],
    [
      'a wrong scenario, all problems at once',
      ['run', 'wrong.yaml'],
      64,
      /wrong\.yaml:2:\d+[\s\S]*wrong\.yaml:4:\d+[\s\S]*E_SCENARIO_INVALID/,
    ],
    ['an unknown model', ['run', 'model.yaml'], 64, /E_MODEL_UNKNOWN[\s\S]*gpt-oss-120b/],
    [
      'a wrong trace',
      ['run', 'trace.yaml'],
      64,
      /bad\.jsonl:1:\d+[\s\S]*bad\.jsonl:2:\d+[\s\S]*E_TRACE_INVALID/,
    ],
    [
      'a wrong catalogue',
      ['catalog', 'check', 'catalog.yaml'],
      64,
      /catalog\.yaml:2:\d+[\s\S]*E_CATALOG_INVALID/,
    ],
    [
      'a wrong catalogue that a child process reads',
      ['providers', '--port', '0', '--catalog', 'catalog.yaml'],
      64,
      /catalog\.yaml:2:\d+[\s\S]*E_CATALOG_INVALID/,
    ],
    ['an empty port', ['providers', '--port', ''], 64, /A port is a whole number/],
    [
      'a deadline that no timer can keep',
      ['router', '--attempt-timeout', '2147483648'],
      64,
      /at most 2147483647/,
    ],
    [
      'a place for runs that is a file',
      ['run', 'sound.yaml', '--runs', 'sound.yaml'],
      64,
      /E_FILE_UNREADABLE: cannot make the folder of a run in sound\.yaml/,
    ],
    ['a file to load', ['store', 'load', 'sound.yaml'], 64, /E_FILE_UNREADABLE.*sound\.yaml is no folder/],
    [
      'a folder with the name of a segment',
      ['store', 'load', 'odd'],
      64,
      /E_FILE_UNREADABLE.*client-runs-000001\.ndjson has the name of a segment/,
    ],
    [
      'a damaged store',
      ['store', 'status', '--store', 'damaged'],
      64,
      /E_FILE_UNREADABLE.*data in damaged[\s\S]*may be damaged(?![\s\S]*glibc)/,
    ],
    ['a missing key', ['run', 'key.yaml'], 64, /E_KEY_MISSING.*NO_SUCH_KEY/],
    [
      'a preference for a host that does not serve the model',
      ['run', 'host.yaml'],
      64,
      /provider\.only: nobody does not serve[\s\S]*E_SCENARIO_INVALID/,
    ],
    [
      'a fault at an unknown provider',
      ['run', 'fault.yaml'],
      64,
      /no provider nobody[\s\S]*E_SCENARIO_INVALID/,
    ],
    ['real providers without any key', ['run', 'keyless.yaml'], 64, /E_KEY_MISSING[\s\S]*GROQ_API_KEY/],
    [
      'a bad second scenario before playing the first',
      ['run', 'sound.yaml', 'model.yaml'],
      64,
      /^(?![\s\S]*requests planned)[\s\S]*E_MODEL_UNKNOWN/,
    ],
    ['a target that nobody serves', ['run', 'gone.yaml'], 75, /E_TARGET_UNREACHABLE.*127\.0\.0\.1:9/],
    ['an unknown run', ['report', '20200101-000000-none'], 64, /E_RUN_UNKNOWN[\s\S]*folders in runs\/;/],
    [
      'a run that the store has lost',
      ['report', 'odd', '--store', 'fresh'],
      64,
      /E_RUN_UNKNOWN[\s\S]*store load odd`/,
    ],
  ]
  it.each(rows)(
    'says what is wrong with %s and exits with its code',
    async (_name, args, exitCode, message) => {
      const got = await runCli(args, { cwd: folder.path })
      expect(got.stderr).toMatch(message)
      expect(got.exitCode).toBe(exitCode)
      expect(got.stderr).not.toMatch(/\n {4}at /)
    },
  )

  it('says that ClickHouse cannot be reached, before any request is sent', async () => {
    const env = { CLICKHOUSE_URL: 'http://user:hidden@127.0.0.1:9' }
    const got = await runCli(['run', 'sound.yaml'], { cwd: folder.path, env })
    expect(got).toMatchObject({ exitCode: 75 })
    expect(got.stderr).toMatch(/E_STORE_UNREACHABLE.*127\.0\.0\.1:9/)
    expect(got.stderr).not.toMatch(/hidden|requests planned/)
  })

  it.each([
    ['an API of one’s own', ['run', 'key.yaml'], 'NO_SUCH_KEY'],
    ['the router of a run', ['run', 'keyless.yaml'], 'GROQ_API_KEY'],
    ['the router', ['router', '--port', '0'], 'GROQ_API_KEY'],
  ])('refuses a key for %s that no header can carry, without showing it', async (_name, args, variable) => {
    for (const key of ['sk-hidden\nkey', 'sk-hiddén']) {
      const got = await runCli(args, { cwd: folder.path, env: { [variable]: key } })
      expect(got).toMatchObject({ exitCode: 64 })
      expect(got.stderr).toMatch(new RegExp(`E_CONFIG_INVALID: ${variable}`))
      expect(got.stderr + got.stdout).not.toContain('hidd')
    }
  })

  it('names the port that is in use', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const got = await runCli(['providers', '--port', port], { cwd: folder.path })
    server.close()
    expect(got).toMatchObject({ exitCode: 75 })
    expect(got.stderr).toMatch(new RegExp(`E_PORT_IN_USE.*${port}`))
  })

  it('names the process that holds the store', async () => {
    const serving = startCli(['store', 'serve', '--port', '0'], { cwd: folder.path })
    await serving.said(/store: http/)
    const got = await runCli(['store', 'serve', '--port', '0'], { cwd: folder.path })
    serving.child.kill('SIGTERM')
    await serving.ended
    expect(got).toMatchObject({ exitCode: 75 })
    expect(got.stderr).toMatch(/E_STORE_LOCKED/)
  })
})
