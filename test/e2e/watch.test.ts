import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { openRouter, type RouterOptions } from '../../src/router/index.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { keyOf } from '../router/keys/key-of.ts'
import { endpointOf } from '../sim/tiny-catalog.ts'
import { catalogOf } from '../support/endpoint-of.ts'
import { createMemorySink } from '../support/memory-sink.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

const scenario = `version: 1
name: pulse
seed: pulse
arms: [{ name: any, model: meta-llama/llama-3.3-70b-instruct }]
workload: { kind: builtin, set: quickstart, requests: 8 }
arrivals: { kind: closed, concurrency: 1 }
request: { max_tokens: 8 }
`

const hosts = ['deepinfra', 'groq']
const idOf = (provider: string) => endpointOf({ provider }).id

/** A real router in front of two simulated hosts, as `routebench watch` finds it. */
async function openMarket(settings: RouterOptions['settings'] = {}) {
  const catalog = catalogOf(hosts.map(provider => endpointOf({ provider })))
  const clock = createSystemClock()
  const rng = createRng('watch')
  const providers = await openSimulatedProviders({ catalog, clock, rng, port: 0, speed: 100, faults: [] })
  const sink = createMemorySink()
  const router = await openRouter({
    catalog,
    clock,
    rng,
    sink,
    upstream: ({ provider }) => ({
      baseUrl: `${providers.url}/${provider.id}/v1`,
      keys: [{ alias: provider.id, value: 'simulated' }],
    }),
    settings: { upstreamIsSimulated: true, ...settings },
  })
  return {
    url: router.url,
    sink,
    /** A host refuses everything from now on. */
    fail: (provider: string) =>
      providers.setFaults([
        { provider, model: null, kind: 'status', fromMs: 0, toMs: null, ratio: 1, delayMs: 0, status: 503 },
      ]),
    [Symbol.asyncDispose]: async () => {
      await router.close()
      await providers.close()
    },
  }
}

const linesOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))

describe('routebench watch', () => {
  let folder: TemporaryFolder
  beforeAll(async () => {
    folder = await makeTemporaryFolder()
    await writeFile(folder.file('pulse.yaml'), scenario)
  })
  afterAll(() => folder[Symbol.asyncDispose]())
  const watch = (...args: string[]) => ['watch', 'pulse.yaml', ...args]

  it('probes every endpoint once and says how it went, and the router knows their states afterwards', async () => {
    await using market = await openMarket()
    const args = watch('--router', market.url, '--endpoint', '*', '--once', '--json')
    const { exitCode, stdout, stderr } = await runCli(args, { cwd: folder.path })
    expect(exitCode, stderr).toBe(0)
    const lines = linesOf(stdout)
    expect(lines.map(line => [line['endpoint'], line['outcome'], line['state']])).toEqual(
      expect.arrayContaining(hosts.map(provider => [idOf(provider), 'ok', 'closed'])),
    )
    for (const line of lines) expect(Number(line['ttft_ms'])).toBeGreaterThan(0)
    expect(stderr).toMatch(/watching 2 endpoint\(s\) at \S+, once\n2 probes, 0 failed, 0 ticks skipped/)

    expect(market.sink.requests).toHaveLength(2)
    for (const row of market.sink.requests) {
      expect(row).toMatchObject({ phase: 'probe', run_id: '', scenario: 'pulse', charged_usd: 0n })
    }
    expect(market.sink.attempts.map(({ kind, phase }) => [kind, phase])).toEqual([
      ['probe', 'probe'],
      ['probe', 'probe'],
    ])
    expect(market.sink.requests.map(row => row.request_id).toSorted((a, b) => a.localeCompare(b))).toEqual(
      lines.map(line => String(line['request_id'])).toSorted((a, b) => a.localeCompare(b)),
    )
    const states = await fetch(`${market.url}/api/v1/endpoints/states`)
    expect(await states.json()).toMatchObject({
      data: [
        { state: 'closed', last_attempt: { kind: 'probe', outcome: 'ok' } },
        { state: 'closed', last_attempt: { kind: 'probe', outcome: 'ok' } },
      ],
    })
  })

  it('shows an outage of an idle endpoint tick by tick, and ends after its time with 0', async () => {
    await using market = await openMarket()
    market.fail('groq')
    const args = watch('--router', market.url, '--endpoint', 'groq/*', '--every', '150ms', '--for', '1500ms')
    const { exitCode, stdout, stderr } = await runCli(args, { cwd: folder.path })
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toMatch(/groq\/\S+ +provider_\w+ \(50\d\) +after \d/)
    expect(stdout).toMatch(/open until \d\d:\d\d:\d\d: 3 errors in a row/)
    expect(stdout).not.toContain('deepinfra')
    // Once the breaker is open, the host is left alone by probes, too.
    expect(market.sink.attempts).toHaveLength(3)
    expect(market.sink.states.map(({ endpoint, to_state }) => [endpoint, to_state])).toEqual([
      [idOf('groq'), 'open'],
    ])
  })

  it('exits 1 when it was to look once and an endpoint did not answer', async () => {
    await using market = await openMarket()
    market.fail('groq')
    const args = watch('--router', market.url, '--endpoint', 'groq/*', '--endpoint', 'deepinfra/*', '--once')
    const { exitCode, stderr } = await runCli(args, { cwd: folder.path })
    expect(stderr).toContain('2 probes, 1 failed')
    expect(exitCode).toBe(1)
  })

  it('ends in order with 0 at Ctrl-C', async () => {
    await using market = await openMarket()
    const args = watch('--router', market.url, '--endpoint', 'groq/*', '--every', '1h')
    const watching = startCli(args, { cwd: folder.path })
    await watching.said(/Ctrl-C stops/)
    watching.child.kill('SIGINT')
    const { exitCode, stderr } = await watching.ended
    expect(stderr).toMatch(/\d probes, 0 failed, 0 ticks skipped/)
    expect(exitCode).toBe(0)
  })

  it('wants a management key where there are keys', async () => {
    const keys = [keyOf('team'), keyOf('admin', { kind: 'management' })]
    await using market = await openMarket({ callers: { keys, credits: null } })
    const args = watch('--router', market.url, '--endpoint', 'groq/*', '--once', '--json')
    const as = (key: string) => runCli(args, { cwd: folder.path, env: { ROUTEBENCH_KEY: key } })
    const [nobody, team, admin] = await Promise.all([as(''), as('rb-team'), as('rb-admin')])
    expect(nobody.stderr).toMatch(/E_KEY_MISSING: .* wants a key, and ROUTEBENCH_KEY is not set/)
    expect(nobody.exitCode).toBe(64)
    expect(team.exitCode).toBe(1)
    expect(linesOf(team.stdout)).toMatchObject([{ outcome: 'error', http_status: 403 }])
    expect(admin.exitCode, admin.stderr).toBe(0)
    for (const { stdout, stderr } of [team, admin]) expect(stdout + stderr).not.toContain('rb-')
  })

  it.each([
    ['nothing listens', ['--router', 'http://127.0.0.1:9', '--endpoint', '*'], 75, /E_TARGET_UNREACHABLE/],
    ['the router is no URL', ['--router', 'here', '--endpoint', '*'], 64, /E_USAGE: --router here/],
    ['no endpoint is named', [], 64, /required option '--endpoint/],
    ['a time has no unit', ['--endpoint', '*', '--every', '30'], 64, /number with its unit/],
  ])('says what is wrong when %s', async (_, args, exit, message) => {
    const { exitCode, stderr } = await runCli(watch(...args), { cwd: folder.path })
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(exit)
  })

  it('names what the router can call when no endpoint matches', async () => {
    await using market = await openMarket()
    const args = watch('--router', market.url, '--endpoint', 'gorq/*', '--once')
    const { exitCode, stderr } = await runCli(args, { cwd: folder.path })
    expect(stderr).toMatch(/can call no endpoint that matches gorq\/\*\n.*It can call 2, such as deepinfra/)
    expect(exitCode).toBe(64)
  })
})
