import { writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { startCli } from '../support/run-cli.ts'
import { chunkOf, openStream, startScriptedServer, usageChunk } from '../support/scripted-server.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const folder = await makeTemporaryFolder()
afterAll(() => folder[Symbol.asyncDispose]())

/** Streams one word, and the rest when told to. */
async function startProviders() {
  const steps: (() => void)[] = []
  const server = await startScriptedServer(response => {
    const write = openStream(response)
    write(chunkOf({ content: 'First ' }))
    steps.push(() => {
      write(chunkOf({ content: 'last' }, 'stop'))
      write(usageChunk(1, 1))
      write('[DONE]')
      response.end()
    })
  })
  return { server, steps }
}

function ask(url: string) {
  const body = { model: 'openai/gpt-oss-120b', stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  return fetch(`${url}/api/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) })
}

describe('routebench router', () => {
  it('at SIGTERM lets running answers end, refuses new requests, and keeps every record', async () => {
    const { server, steps } = await startProviders()
    await using _ = server
    writeFileSync(folder.file('router.yaml'), `listen: { port: 0 }\nproviders_url: ${server.url}\n`)
    const router = startCli(['router', '--config', 'router.yaml'], { cwd: folder.path })
    const [, url = ''] = await router.said(/router: (http:\S+)\/api/)
    const running = await ask(url)
    expect(running.status).toBe(200)
    router.child.kill('SIGTERM')
    await router.said(/stopping: running answers may end/)
    while ((await fetch(`${url}/readyz`)).status === 200) await new Promise(resolve => setTimeout(resolve, 5))
    const refused = await ask(url)
    expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    steps[0]?.()
    const text = await running.text()
    expect(text).toContain('"content":"last"')
    expect(text).toMatch(/data: \[DONE\]\s*$/)
    const { exitCode, stderr } = await router.ended
    expect(exitCode).toBe(0)
    expect(stderr).not.toMatch(/E_/)
    const journal = await recordsIn(folder.file('.routebench/journal'))
    expect(journal.map(({ outcome, error_type }) => [outcome, error_type])).toEqual(
      expect.arrayContaining([
        ['ok', ''],
        ['error', 'router_closing'],
      ]),
    )
  })
})

interface Row {
  readonly outcome: string
  readonly error_type: string
}

/** Requests that a journal holds. */
async function recordsIn(journal: string): Promise<readonly Row[]> {
  const names = (await readdir(journal)).filter(
    name => name.includes('-requests-') && name.endsWith('.ndjson'),
  )
  const texts = await Promise.all(names.map(name => readFile(`${journal}/${name}`, 'utf8')))
  return texts.flatMap(text => text.trim().split('\n')).map((line): Row => JSON.parse(line))
}
