import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cacheUseOf } from '../../../src/sim/model/cache-use.ts'
import { createPrefixCache } from '../../../src/sim/model/prefix-cache.ts'

const path = '../shared/data/mooncake/synthetic_trace.jsonl'
const isHere = existsSync(path)
if (!isHere) console.warn(`skipped: ${path} is not here; it is the trace published with the Mooncake paper`)

const blockTokens = 512

interface Recorded {
  readonly timestamp: number
  readonly hash_ids: readonly number[]
}

function recordedRequests(): readonly Recorded[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line): Recorded => JSON.parse(line)).toSorted((a, b) => a.timestamp - b.timestamp)
}

/** Blocks read, in percent of all blocks, when every block can be read from the moment its prompt arrived. */
function hitPercent(requests: readonly Recorded[], ttlSeconds: number): number {
  const cache = createPrefixCache({ maxKeys: Infinity })
  const rules = { mode: 'implicit', minTokens: 1, blockTokens, ttlSeconds } as const
  let [read, all] = [0, 0]
  for (const { timestamp: nowMs, hash_ids: keys } of requests) {
    const tokens = keys.map((_, at) => (at + 1) * blockTokens)
    const prefixes = { keys, tokens, marked: [], markTtlSeconds: [] }
    const prompt = { tokens: keys.length * blockTokens, key: 0, prefixes }
    const use = cacheUseOf(prompt, rules, { cache, nowMs })
    read += use.readTokens
    all += prompt.tokens
    for (const write of use.writes) cache.write(write.keys, { nowMs, readyAtMs: nowMs, ttlMs: write.ttlMs })
  }
  return (100 * read) / all
}

/** The same without our cache: a block hits when its id was seen at most the time to live ago. */
function countedPercent(requests: readonly Recorded[], ttlSeconds: number): number {
  const lastSeenMs = new Map<number, number>()
  let [hits, all] = [0, 0]
  for (const { timestamp, hash_ids: ids } of requests) {
    for (const id of ids) {
      if (timestamp - (lastSeenMs.get(id) ?? -Infinity) < ttlSeconds * 1000) hits += 1
      lastSeenMs.set(id, timestamp)
    }
    all += ids.length
  }
  return (100 * hits) / all
}

describe.skipIf(!isHere)('the prompt cache on recorded block ids', () => {
  it.each([
    [60, 32.2],
    [300, 58.4],
    [Infinity, 64],
  ])('at a time to live of %s s reads the published %s %% of blocks, within 0.5 points', (ttl, percent) => {
    const requests = recordedRequests()
    expect(requests).toHaveLength(3993)
    expect(Math.abs(hitPercent(requests, ttl) - percent)).toBeLessThan(0.5)
    expect(Math.abs(hitPercent(requests, ttl) - countedPercent(requests, ttl))).toBeLessThan(0.5)
  })
})
