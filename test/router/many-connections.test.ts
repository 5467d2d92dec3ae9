import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { answering, ask, openTestRouter } from './open-test-router.ts'

const holder = fileURLToPath(new URL('hold-connections.ts', import.meta.url))
const openFiles = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
const isEnough = openFiles === 'unlimited' || Number(openFiles) >= 11_000
const mebibyte = 2 ** 20

describe('ten thousand connections at rest', () => {
  if (!isEnough) console.warn(`not tested: a process may open ${openFiles} files here, 11000 are needed`)

  it.skipIf(!isEnough)(
    'are kept in bounded memory while others are served; beyond them the oldest go',
    async () => {
      await using router = await openTestRouter([endpointOf({ provider: 'a' })], { a: answering('Served') })
      const before = process.memoryUsage().rss
      const port = new URL(router.url).port
      const child = fork(holder, [port, '10500'], { execArgv: [] })
      try {
        await once(child, 'message')
        const started = performance.now()
        for (let i = 0; i < 20; i++) expect((await router.post(ask())).status).toBe(200)
        expect((performance.now() - started) / 20).toBeLessThan(250)
        child.send('count')
        const [told]: unknown[] = await once(child, 'message')
        // The default keeps 10 000, those of this test's own pool among them.
        expect(told).toMatchObject({ closed: expect.closeTo(500, -1.5) })
        expect((process.memoryUsage().rss - before) / mebibyte).toBeLessThan(300)
        expect(router.defects).toEqual([])
      } finally {
        child.kill()
      }
    },
  )
})
