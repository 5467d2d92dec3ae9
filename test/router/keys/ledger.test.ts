import { spawn } from 'node:child_process'
import { appendFile, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../../src/core/index.ts'
import { createLedger, type Ledger, openLedger } from '../../../src/router/keys/ledger.ts'
import { makeTemporaryFolder } from '../../support/temporary-folder.ts'
import { usd } from './key-of.ts'

const noon = Date.parse('2026-11-20T12:00:00Z')
const dayMs = 86_400_000

/** An answer that `acme/one` gave. */
function answered(keyId: string, charged: bigint | null, more: object = {}): Parameters<Ledger['settle']>[0] {
  return {
    atMs: noon,
    keyId,
    model: 'acme/one',
    endpoint: 'a/one',
    provider: 'A Cloud',
    charged,
    held: 0n,
    promptTokens: 10,
    completionTokens: 5,
    reasoningTokens: 2,
    ...more,
  }
}

const opened: Ledger[] = []

// Those that played a killed process still have their files open.
afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close()
})

/** Opens the ledger of a folder as a process does that nobody competes with. */
async function open(folder: string, more: Partial<Parameters<typeof openLedger>[0]> = {}): Promise<Ledger> {
  const clock = createVirtualClock(noon * 1000)
  const ledger = await openLedger({ folder, clock, lock: async () => async () => {}, retryMs: 5, ...more })
  opened.push(ledger)
  return ledger
}

/** Everything a ledger says of these keys. */
function told(ledger: Ledger, keys: readonly string[]) {
  return {
    keys: keys.map(key => [ledger.total(key), ledger.since(key, 0), ledger.keyRate(key, 3, noon)]),
    account: ledger.account(),
    free: [ledger.freeUsed(noon), ledger.freeRate(20, noon)],
    activity: ledger.activity(),
  }
}

describe('createLedger', () => {
  it('adds up what was charged by key, by day and over all', () => {
    const ledger = createLedger()
    ledger.settle(answered('a', usd(1), { atMs: noon - dayMs }))
    ledger.settle(answered('a', usd(2)))
    ledger.settle(answered('b', usd(4)))
    const today = Math.floor(noon / dayMs)
    expect(ledger.total('a')).toEqual({ charged: usd(3), held: 0n })
    expect(ledger.since('a', today).charged).toBe(usd(2))
    expect(ledger.account().charged).toBe(usd(7))
    expect(ledger.total('nobody')).toEqual({ charged: 0n, held: 0n })
  })

  it('keeps an unknown charge out of the usage, and what it was at least beside it', () => {
    const ledger = createLedger()
    ledger.settle(answered('a', null, { held: usd(0.5) }))
    expect(ledger.total('a')).toEqual({ charged: 0n, held: usd(0.5) })
  })

  it('counts the requests and tokens of each day, model and endpoint', () => {
    const ledger = createLedger()
    for (let n = 0; n < 3; n++) ledger.settle(answered('a', usd(1)))
    ledger.settle(answered('a', usd(1), { endpoint: 'b/one' }))
    expect(ledger.activity()).toMatchObject([
      {
        endpoint: 'a/one',
        requests: 3,
        promptTokens: 30,
        completionTokens: 15,
        reasoningTokens: 6,
        charged: usd(3),
      },
      { endpoint: 'b/one', requests: 1 },
    ])
  })

  it('forgets days long past, but not what they cost', () => {
    const ledger = createLedger()
    for (let day = 0; day < 40; day++) ledger.settle(answered('a', usd(1), { atMs: noon + day * dayMs }))
    expect(ledger.activity().length).toBe(32)
    expect(ledger.total('a').charged).toBe(usd(40))
  })

  it('gives back what was set aside once', () => {
    const ledger = createLedger()
    const release = ledger.reserve('a', usd(1))
    ledger.reserve('b', usd(2))
    expect([ledger.reserved('a'), ledger.reserved()]).toEqual([usd(1), usd(3)])
    release()
    release()
    expect([ledger.reserved('a'), ledger.reserved()]).toEqual([0n, usd(2)])
  })
})

describe('openLedger', () => {
  const keys = ['a', 'b']
  const entries = fc.array(
    fc.record({
      keyId: fc.constantFrom(...keys),
      charged: fc.option(fc.bigInt(0n, usd(3))),
      held: fc.bigInt(0n, usd(1)),
      dayBefore: fc.nat(2),
      isFree: fc.boolean(),
      isTimed: fc.boolean(),
    }),
    { maxLength: 30 },
  )

  it.each([
    ['closed', true],
    ['killed', false],
  ])('goes on where a process ended that was %s', async (_how, isClosed) => {
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 1, max: 10 }), async (all, maxJournalLines) => {
        await using folder = await makeTemporaryFolder()
        const first = await open(folder.path, { maxJournalLines })
        for (const { dayBefore, isFree, isTimed, ...spent } of all) {
          first.admit({ atMs: noon, keyId: spent.keyId, isFree, isTimed })
          const atMs = noon - dayBefore * dayMs
          first.settle(answered(spent.keyId, spent.charged, { held: spent.held, atMs }))
          if (dayBefore === 2) await first.flush()
        }
        // A killed process leaves what was written; nothing else of it matters to the next one.
        await (isClosed ? first.close() : first.flush())
        const second = await open(folder.path)
        const before = told(first, keys)
        const after = told(second, keys)
        const byRow = (a: { day: number; keyId: string }, b: typeof a) =>
          a.day - b.day || a.keyId.localeCompare(b.keyId)
        expect({ ...after, activity: after.activity.toSorted(byRow) }).toEqual({
          ...before,
          activity: before.activity.toSorted(byRow),
        })
      }),
      { numRuns: 25 },
    )
  })

  it('has everything but the last turn of a process that was killed with SIGKILL', async () => {
    await using folder = await makeTemporaryFolder()
    const child = spawn(process.execPath, [
      fileURLToPath(new URL('./spend-forever.ts', import.meta.url)),
      folder.path,
    ])
    const totals: number[] = []
    for await (const line of createInterface(child.stdout)) {
      totals.push(Number(line))
      if (totals.length === 20) child.kill('SIGKILL')
    }
    const onDisk = Number((await open(folder.path)).total('a').charged)
    expect(onDisk).toBeGreaterThanOrEqual(totals.at(-1) ?? Number.NaN)
    // It told after each turn; what it did in the one that was cut off is all that may be missing.
    expect(onDisk % 10).toBe(0)
  })

  it('loses only the half-written last line of a killed process', async () => {
    await using folder = await makeTemporaryFolder()
    const first = await open(folder.path)
    first.settle(answered('a', usd(1)))
    await first.flush()
    const journal = (await readdir(folder.path)).find(name => name.startsWith('journal-')) ?? ''
    await appendFile(folder.file(journal), '{"kind":"settled","atMs":17')
    const second = await open(folder.path)
    expect(second.total('a').charged).toBe(usd(1))
    second.settle(answered('a', usd(1)))
    await second.close()
    expect((await open(folder.path)).total('a').charged).toBe(usd(2))
  })

  it('counts nothing twice when a process ended between a snapshot and the tidying after it', async () => {
    await using folder = await makeTemporaryFolder()
    const first = await open(folder.path)
    first.settle(answered('a', usd(1)))
    await first.flush()
    const old = (await readdir(folder.path)).find(name => name.startsWith('journal-')) ?? ''
    const lines = await readFile(folder.file(old), 'utf8')
    await first.close()
    await writeFile(folder.file(old), lines)
    expect((await open(folder.path)).total('a').charged).toBe(usd(1))
  })

  it('keeps its folder small: one snapshot and one journal', async () => {
    await using folder = await makeTemporaryFolder()
    const ledger = await open(folder.path, { maxJournalLines: 5 })
    for (let n = 0; n < 100; n++) {
      ledger.settle(answered('a', 1n))
      await ledger.flush()
    }
    const names = await readdir(folder.path)
    expect(names.filter(name => name.startsWith('journal-')).length).toBe(1)
    const journal = await readFile(folder.file(names.find(name => name.startsWith('journal-')) ?? ''), 'utf8')
    expect(journal.split('\n').length).toBeLessThanOrEqual(6)
    expect(names).toContain('snapshot.ndjson')
  })

  it('goes on in memory while the disk refuses, and writes all of it later', async () => {
    await using folder = await makeTemporaryFolder()
    const errors: unknown[] = []
    const path = folder.file('ledger')
    const ledger = await open(path, { onError: error => errors.push(error), maxJournalLines: 1 })
    await rm(path, { recursive: true })
    for (let n = 0; n < 3; n++) {
      ledger.settle(answered('a', usd(1)))
      await ledger.flush()
    }
    expect(ledger.total('a').charged).toBe(usd(3))
    expect(errors.length).toBe(1)
    await mkdir(path)
    await ledger.flush()
    expect((await open(path)).total('a').charged).toBe(usd(3))
  })

  it('bounds what waits for a slow disk, and loses none of it', async () => {
    await using folder = await makeTemporaryFolder()
    const ledger = await open(folder.path, { maxPendingLines: 3 })
    for (let n = 0; n < 50; n++) ledger.settle(answered('a', usd(1)))
    await ledger.flush()
    await ledger.flush()
    expect((await open(folder.path)).total('a').charged).toBe(usd(50))
  })

  it.each([
    ['a damaged line', 'journal-7.ndjson', '{"kind":"settled"}\n', /journal-7\.ndjson:1/],
    ['a damaged snapshot', 'snapshot.ndjson', '{"version":1}\n', /snapshot\.ndjson/],
    ['a snapshot of another version', 'snapshot.ndjson', '{"version":2}\n', /snapshot\.ndjson/],
    ['a snapshot that lacks rows', 'snapshot.ndjson', snapshotOf(2), /snapshot\.ndjson/],
  ])('refuses a folder with %s, naming the place', async (_what, name, content, place) => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file(name), content)
    await expect(open(folder.path)).rejects.toMatchObject({
      code: 'E_LEDGER_INVALID',
      message: expect.stringMatching(place),
    })
  })

  it('gives the folder back when it cannot be used, and when it is closed', async () => {
    await using folder = await makeTemporaryFolder()
    const log: string[] = []
    const lock = async () => {
      log.push('taken')
      return async () => {
        log.push('given back')
      }
    }
    await writeFile(folder.file('snapshot.ndjson'), 'no')
    await expect(open(folder.path, { lock })).rejects.toThrow()
    await rm(folder.file('snapshot.ndjson'))
    const ledger = await open(folder.path, { lock })
    expect(log).toEqual(['taken', 'given back', 'taken'])
    await ledger.close()
    expect(log.at(-1)).toBe('given back')
  })

  it.skipIf(process.getuid?.() === 0)('names a folder that cannot be read', async () => {
    await using folder = await makeTemporaryFolder()
    await chmod(folder.path, 0)
    await expect(open(folder.path)).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' })
  })

  it('names a folder that is a file', async () => {
    await using folder = await makeTemporaryFolder()
    await writeFile(folder.file('ledger'), '')
    await expect(open(folder.file('ledger'))).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' })
  })

  it('writes no key, only hashes, as it was given them', async () => {
    await using folder = await makeTemporaryFolder()
    const ledger = await open(folder.path)
    ledger.admit({ atMs: noon, keyId: 'hash', isFree: true, isTimed: true })
    ledger.settle(answered('hash', usd(1)))
    await ledger.flush()
    const texts = await Promise.all(
      (await readdir(folder.path)).map(name => readFile(folder.file(name), 'utf8')),
    )
    expect(texts.join('')).toContain('"keyId":"hash"')
    expect(texts.join('')).not.toContain('rb-')
  })
})

/** A snapshot that promises rows and has none. */
function snapshotOf(rows: number): string {
  const head = { version: 1, journal: 1, rows, totals: {}, free: { day: 0, used: 0 }, windows: {} }
  return `${JSON.stringify(head)}\n`
}
