import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { endpointOf } from '../support/endpoint-of.ts'
import { answering, ask, bodyOf, openTestRouter, recordsOf, type Script } from './open-test-router.ts'

const a = endpointOf({ provider: 'a' })
const once = { baseMs: 1, capMs: 1, maxRetries: 1, maxWaitMs: 1 }

describe('connections that a provider has given up', () => {
  it('cost one retry on a new one, however many of them are kept', async () => {
    const used = new WeakSet<Socket>()
    let isTogether = true
    const waiting: (() => void)[] = []
    const resetting: Script = (response, request) => {
      const { socket } = response
      if (!socket || used.has(socket)) return void socket?.resetAndDestroy()
      used.add(socket)
      const answer = () => answering('Hello')(response, request)
      if (!isTogether) return answer()
      waiting.push(answer)
      if (waiting.length === 4) for (const each of waiting) each()
    }
    await using router = await openTestRouter([a], { a: resetting }, { settings: { retry: once } })
    // Four at once are four connections, which are all kept.
    const first = await Promise.all(Array.from({ length: 4 }, () => router.post(ask())))
    for (const response of first) await response.text()
    isTogether = false
    const answer = await bodyOf(router.post(ask()))
    expect(answer.choices[0]?.message.content).toBe('Hello')
    const { attempts } = await recordsOf(router.sink, 5)
    expect(attempts.slice(4).map(row => [row.kind, row.error_type, row.conn_reused])).toEqual([
      ['primary', 'connection_reset', true],
      ['retry', '', false],
    ])
  })
})
