import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheKeyOf } from '../../../src/router/response-cache/cache-key.ts'
import { readCacheWish } from '../../../src/router/response-cache/cache-wish.ts'
import { answerAgain, type CachedAnswer } from '../../../src/router/response-cache/cached-answer.ts'
import { openResponseCache } from '../../../src/router/response-cache/response-cache.ts'
import { makeTemporaryFolder } from '../../support/temporary-folder.ts'

describe('readCacheWish', () => {
  it.each([
    ['nothing', {}, { use: false, clear: false, ttlSeconds: 300 }],
    ['true', { 'x-openrouter-cache': 'true' }, { use: true, clear: false, ttlSeconds: 300 }],
    ['another value', { 'x-openrouter-cache': 'yes' }, { use: false, clear: false, ttlSeconds: 300 }],
    [
      'a number with letters',
      { 'x-openrouter-cache-ttl': '60abc' },
      { use: false, clear: false, ttlSeconds: 60 },
    ],
    ['zero', { 'x-openrouter-cache-ttl': '0' }, { use: false, clear: false, ttlSeconds: 1 }],
    ['too long', { 'x-openrouter-cache-ttl': '999999' }, { use: false, clear: false, ttlSeconds: 86_400 }],
    ['letters', { 'x-openrouter-cache-ttl': 'abc' }, { use: false, clear: false, ttlSeconds: 300 }],
    ['clear', { 'x-openrouter-cache-clear': 'TRUE' }, { use: false, clear: true, ttlSeconds: 300 }],
  ])('reads %s', (_name, headers, wish) => {
    expect(readCacheWish(headers)).toEqual(wish)
  })
})

describe('cacheKeyOf', () => {
  const parts = { callerKeyHash: 'k', operation: 'chat', stream: false, body: { model: 'm', n: 1 } }
  it('is the same for bodies that differ in white space only', () => {
    const body = JSON.parse('{ "model" : "m",\n "n": 1 }')
    expect(cacheKeyOf({ ...parts, body })).toBe(cacheKeyOf(parts))
  })

  it.each([
    ['another key', { callerKeyHash: 'other' }],
    ['another kind of call', { operation: 'completion' }],
    ['a stream', { stream: true }],
    ['another order of properties', { body: { n: 1, model: 'm' } }],
    ['other content', { body: { model: 'm', n: 2 } }],
  ])('differs for %s', (_name, change) => {
    expect(cacheKeyOf({ ...parts, ...change })).not.toBe(cacheKeyOf(parts))
  })
})

const answer: CachedAnswer = {
  version: 1,
  sourceId: 'gen-1',
  storedEpochMs: 1_000_000,
  ttlSeconds: 60,
  served: { model: 'acme/one', provider: 'A', endpoint: 'a/one' },
  answer: { kind: 'body', body: { id: 'gen-1', created: 1, choices: [], usage: { prompt_tokens: 9 } } },
}
const keyOf = (digit: string) => digit.repeat(64)

describe('openResponseCache', () => {
  it('gives an answer back until its time is over', async () => {
    await using folder = await makeTemporaryFolder()
    const cache = await openResponseCache({ folder: folder.path, maxBytes: 10_000 })
    await cache.put(keyOf('a'), answer)
    expect(await cache.get(keyOf('a'), 1_059_999)).toEqual(answer)
    expect(await cache.get(keyOf('b'), 1_000_000)).toBeNull()
    expect(await cache.get(keyOf('a'), 1_060_000)).toBeNull()
    expect(await readdir(folder.path)).toEqual([])
  })

  it('finds again what an earlier process stored', async () => {
    await using folder = await makeTemporaryFolder()
    await (await openResponseCache({ folder: folder.path, maxBytes: 10_000 })).put(keyOf('a'), answer)
    const later = await openResponseCache({ folder: folder.path, maxBytes: 10_000 })
    expect(await later.get(keyOf('a'), 1_000_001)).toEqual(answer)
  })

  it('forgets the oldest answers beyond its size, and keeps none that is larger than all', async () => {
    await using folder = await makeTemporaryFolder()
    const size = JSON.stringify(answer).length
    const cache = await openResponseCache({ folder: folder.path, maxBytes: 2 * size })
    for (const digit of ['a', 'b', 'c']) await cache.put(keyOf(digit), answer)
    expect(await cache.get(keyOf('a'), 1_000_001)).toBeNull()
    expect(await cache.get(keyOf('c'), 1_000_001)).toEqual(answer)
    const tiny = await openResponseCache({ folder: join(folder.path, 'tiny'), maxBytes: 10 })
    await tiny.put(keyOf('d'), answer)
    expect(await tiny.get(keyOf('d'), 1_000_001)).toBeNull()
  })

  it('takes a damaged file for none', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(join(folder.path, `${keyOf('a')}.json`), '{"version":1,')
    const cache = await openResponseCache({ folder: folder.path, maxBytes: 10_000 })
    expect(await cache.get(keyOf('a'), 0)).toBeNull()
  })

  it('tells a write that fails, and goes on', async () => {
    await using folder = await makeTemporaryFolder()
    const errors: unknown[] = []
    const options = { folder: folder.path, maxBytes: 10_000, onError: (error: unknown) => errors.push(error) }
    const cache = await openResponseCache(options)
    await mkdir(join(folder.path, `${keyOf('a')}.json`))
    await cache.put(keyOf('a'), answer)
    expect(errors).toHaveLength(1)
  })

  it('refuses a folder that cannot be one', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(join(folder.path, 'file'), '')
    const opened = openResponseCache({ folder: join(folder.path, 'file'), maxBytes: 1 })
    await expect(opened).rejects.toMatchObject({ code: 'E_CONFIG_INVALID' })
  })
})

describe('answerAgain', () => {
  const identity = { id: 'gen-2', created: 2 }
  it('gives a body a new identity and a usage of nothing', () => {
    expect(answerAgain(answer, identity)).toMatchObject([
      { id: 'gen-2', created: 2, usage: { prompt_tokens: 0, total_tokens: 0, cost: 0 } },
    ])
  })

  it('ends a stream with usage once, in a chunk without choices', () => {
    const chunks = [
      { id: 'gen-1', choices: [{ index: 0 }] },
      { id: 'gen-1', choices: [{ index: 0 }] },
    ]
    const again = answerAgain({ ...answer, answer: { kind: 'chunks', chunks } }, identity)
    expect(again.map(chunk => [chunk['id'], 'usage' in chunk])).toEqual([
      ['gen-2', false],
      ['gen-2', false],
      ['gen-2', true],
    ])
    expect(again.at(-1)).toMatchObject({ choices: [], usage: { cost: 0 } })
  })
})
