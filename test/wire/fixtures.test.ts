import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/core/index.ts'
import { createHttpPool, exchange } from '../../src/wire/index.ts'
import { startScriptedServer } from '../support/scripted-server.ts'

/** Recorded provider streams, one JSON chunk a line; present beside the project on some machines only. */
const folder = new URL('../../../shared/data/wire-fixtures/', import.meta.url)
const openAiLike = /^(openai-text|azure|groq|deepseek|mistral|cerebras|cererebras)/
const files = existsSync(folder) ? readdirSync(folder).filter(name => openAiLike.test(name)) : []

const pool = createHttpPool()
afterAll(() => pool.close())

describe.skipIf(files.length === 0)(
  'exchange on recorded provider streams (skipped without ../shared/data)',
  () => {
    it.each(files)('reads %s to a finished answer with usage', async name => {
      const lines = readFileSync(new URL(name, folder), 'utf8')
        .split('\n')
        .filter(line => line.trim() !== '')
      await using server = await startScriptedServer(response => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end([...lines, '[DONE]'].map(line => `data: ${line}\n\n`).join(''))
      })
      const got = await exchange({
        url: server.url,
        apiKey: null,
        headers: {},
        body: '{}',
        dispatcher: pool.dispatcher,
        clock: createSystemClock(),
        deadlines: { headersMs: null, firstTokenMs: null, idleMs: null, totalMs: 5000 },
      })
      expect(got.outcome).toEqual({ kind: 'ok' })
      expect(got.usage?.outputTokens).toBeGreaterThan(0)
      expect(got.stamps.firstTokenNs).not.toBeNull()
    })
  },
)
