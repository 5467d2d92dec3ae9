import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { loadCatalog } from '../../src/cli/load-catalog.ts'
import { createRng } from '../../src/core/index.ts'
import type { Explanation } from '../../src/policy/index.ts'
import { answering, openTestRouter, recordsOf, refusing } from '../router/open-test-router.ts'
import { runCli } from '../support/run-cli.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const model = 'openai/gpt-oss-120b'
const ask = (more: object = {}) => ({ model, messages: [{ role: 'user', content: 'Say hello' }], ...more })
const long = 'All about caches. '.repeat(500)
const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]

/** Requests that routing treats differently. */
const requests: readonly (readonly [string, object])[] = [
  ['a plain question', ask()],
  ['a session', ask({ session_id: 's-1' })],
  ['a long opening', ask({ messages: [{ role: 'system', content: long }, ...ask().messages] })],
  [
    'an order with fallbacks off',
    ask({ provider: { order: ['groq', 'deepinfra'], allow_fallbacks: false } }),
  ],
  [
    'filters',
    ask({ provider: { ignore: ['groq'], max_price: { prompt: 0.2 }, data_collection: 'deny' }, tools }),
  ],
  ['a variant', ask({ model: `${model}:floor` })],
  [
    'a chain, partly pinned',
    ask({ models: ['z-ai/glm-5.2'], provider: { only: ['deepinfra'] }, session_id: 's' }),
  ],
  ['a pool', ask({ model: 'openrouter/auto', provider: { no_such_field: 1 } })],
  ['filters that leave nothing', ask({ provider: { only: ['groq'], ignore: ['groq'] } })],
]

describe('routebench explain', () => {
  it('tells the same story as the record and the answer of a router', { timeout: 120_000 }, async () => {
    await using folder = await makeTemporaryFolder()
    const catalog = await loadCatalog()
    const scripts = Object.fromEntries([...catalog.providers.keys()].map(id => [id, answering('Hi')]))
    const options = { catalog, rng: createRng('live'), settings: { upstreamIsSimulated: true } }
    for (const [name, body] of requests) {
      await using router = await openTestRouter([], { ...scripts, groq: refusing(500) }, options)
      const headers = { 'x-routebench-item-id': name, 'x-openrouter-metadata': 'enabled' }
      const answer: { openrouter_metadata: Metadata } = JSON.parse(
        await (await router.post(body, headers)).text(),
      )
      const [record] = (await recordsOf(router.sink)).requests
      const decision: Explanation = JSON.parse(record?.decision ?? '{}')
      const { router_trace: trace, ...metadata } = answer.openrouter_metadata

      await writeFile(folder.file('request.json'), JSON.stringify(body))
      const args = ['explain', 'request.json', '--json', '--simulated', '--item', name]
      const told = await runCli(args, { cwd: folder.path })
      expect(told, name).toMatchObject({ exitCode: 0, stderr: '' })
      const { error, ...explained } = JSON.parse(told.stdout)
      expect(explained, name).toEqual(decision)
      expect(error === undefined, name).toBe(decision.candidates.length > 0)

      // What comes after the decision is added, nothing else differs.
      const { attempts, sticky, ...rest } = trace
      const { result, reason, ...key } = sticky
      expect({ ...rest, sticky: key }, name).toEqual(decision)
      expect([result, reason, key.key_source]).toEqual([
        record?.sticky,
        record?.sticky_reason,
        record?.sticky_key_source,
      ])
      expect(metadata.strategy).toBe(decision.strategy)
      expect(metadata.endpoints.available.map(e => e.model)).toEqual(decision.candidates.map(c => c.model))
      expect(metadata.endpoints.total).toBe(decision.candidates.length + decision.excluded.length)

      // The attempts are the head of the candidates, each for the reason that the decision gave.
      for (const [index, row] of router.sink.attempts.entries()) {
        expect(row.endpoint).toBe(decision.candidates[index]?.endpoint)
        expect(row.reason).toContain(decision.candidates[index]?.reason)
        expect(attempts[index]).toMatchObject({ endpoint: row.endpoint, reason: row.reason })
      }
    }
  })

  it('prints candidates, exclusions by rule and the conversation for people', async () => {
    await using folder = await makeTemporaryFolder()
    const body = ask({ provider: { ignore: ['groq'], only: ['groq', 'deepinfra'] } })
    await writeFile(folder.file('request.json'), JSON.stringify(body))
    const { exitCode, stdout } = await runCli(['explain', 'request.json', '--session', 's'], {
      cwd: folder.path,
    })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('named by x-session-id; its first endpoint is drawn by its key')
    expect(stdout).toMatch(
      /│ 1 +│ deepinfra\/gpt-oss-120b +│ [\d.]+ +│ drawn by 1\/price² for this conversation/,
    )
    expect(stdout).toMatch(/ignore \(1\)\n +groq\/gpt-oss-120b: in provider.ignore/)
    expect(stdout).toContain('Keys are taken to be there; --with-keys looks for them.')
  })

  it('says which filter removed the last endpoints, and looks for keys only when told to', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('request.json'), JSON.stringify(ask({ provider: { only: ['deepinfra'] } })))
    const run = (env: Readonly<Record<string, string>>) =>
      runCli(['explain', 'request.json', '--with-keys'], { cwd: folder.path, env })
    const without = await run({ DEEPINFRA_API_KEY: '' })
    expect(without.exitCode).toBe(0)
    expect(without.stdout).toMatch(/no endpoints: .*\nexcluded_by +.*key_missing/)
    expect((await run({ DEEPINFRA_API_KEY: 'x' })).stdout).toMatch(/│ 1 +│ deepinfra/)
  })

  it.each([
    ['no JSON', 'hello', /E_REQUEST_INVALID: standard input is no chat request/],
    ['no messages', '{"model":"openai/gpt-oss-120b"}', /E_REQUEST_INVALID: .*messages/],
    [
      'a wrong type',
      '{"model":"openai/gpt-oss-120b","messages":[{"role":"user","content":"Hi"}],"provider":{"only":1}}',
      /provider/,
    ],
    [
      'an unknown model',
      '{"model":"openai/gpt-oss-120","messages":[{"role":"user","content":"Hi"}]}',
      /E_MODEL_UNKNOWN: .*\n.*openai\/gpt-oss-120b/,
    ],
  ])('refuses %s with 64 and says what is wrong', async (_name, body, expected) => {
    const entry = fileURLToPath(new URL('../../bin/routebench.js', import.meta.url))
    const child = spawn(process.execPath, [entry, 'explain'], { stdio: ['pipe', 'ignore', 'pipe'] })
    const ended = new Promise(resolve => child.once('close', resolve))
    child.stdin.end(body)
    expect(await text(child.stderr)).toMatch(expected)
    expect(await ended).toBe(64)
  })

  it('refuses a file that is not there, and a header that is none', async () => {
    const missing = await runCli(['explain', 'no-such.json'], { cwd: '.' })
    expect([missing.exitCode, missing.stderr]).toEqual([64, expect.stringContaining('E_FILE_UNREADABLE')])
    const header = await runCli(['explain', '-', '--header', 'nonsense'], { cwd: '.' })
    expect([header.exitCode, header.stderr]).toEqual([64, expect.stringContaining('A header is a name')])
  })
})

interface Metadata {
  readonly strategy: string
  readonly endpoints: { readonly total: number; readonly available: readonly { readonly model: string }[] }
  readonly router_trace: Explanation & {
    readonly sticky: Explanation['sticky'] & { readonly result: string; readonly reason: string }
    readonly attempts: readonly object[]
  }
}
