import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../src/core/index.ts'
import { encodeAttempt, encodeEndpointState, encodeRequest, encodeRun } from '../../src/record/index.ts'
import { openJournal, recoverJournal } from '../../src/store/index.ts'
import { readRows } from './read-journal.ts'
import { attemptRows, requestRows, runRows, sample, spanRows, stateRows } from './sample-rows.ts'
import { temporaryFolder } from './temporary-folder.ts'

const [request, second, third] = sample(requestRows, 3)
const [attempt] = sample(attemptRows, 1)
const [run] = sample(runRows, 1)
const [state] = sample(stateRows, 1)
const [span] = sample(spanRows, 1)
if (!request || !second || !third || !attempt || !run || !state || !span) throw new Error('no samples')

describe('openJournal', () => {
  it('writes each record as one JSON line into a file of its table, and seals on close', async () => {
    const dir = await temporaryFolder()
    const journal = await openJournal({ dir, writer: 'router' })
    journal.request(request)
    journal.request(second)
    journal.attempt(attempt)
    journal.run(run)
    journal.state(state)
    journal.span(span)
    await journal.flush()
    expect(journal.written()).toEqual({
      requests: 2,
      attempts: 1,
      runs: 1,
      endpoint_states: 1,
      otel_traces: 1,
    })
    expect(await readdir(dir)).toContain('router-requests-000001.open.ndjson')
    await journal.close()

    expect(await readdir(dir)).toEqual([
      'router-attempts-000001.ndjson',
      'router-endpoint_states-000001.ndjson',
      'router-otel_traces-000001.ndjson',
      'router-requests-000001.ndjson',
      'router-runs-000001.ndjson',
    ])
    const text = (name: string) => readFile(join(dir, name), 'utf8')
    expect(await text('router-requests-000001.ndjson')).toBe(
      `${encodeRequest(request)}\n${encodeRequest(second)}\n`,
    )
    expect(await text('router-attempts-000001.ndjson')).toBe(`${encodeAttempt(attempt)}\n`)
    expect(await text('router-runs-000001.ndjson')).toBe(`${encodeRun(run)}\n`)
    expect(await text('router-endpoint_states-000001.ndjson')).toBe(`${encodeEndpointState(state)}\n`)
    expect(await text('router-otel_traces-000001.ndjson')).toBe(`${JSON.stringify(span)}\n`)
    expect(journal.dropped()).toBe(0)
  })

  it('takes the value a record has when it is taken', async () => {
    const dir = await temporaryFolder()
    const journal = await openJournal({ dir, writer: 'router' })
    const changing = { ...request, item_id: 'before' }
    journal.request(changing)
    changing.item_id = 'after'
    await journal.close()
    expect(await readRows(dir, 'requests')).toMatchObject([{ item_id: 'before' }])
  })

  it('seals a segment at its number of rows', async () => {
    const dir = await temporaryFolder()
    const journal = await openJournal({ dir, writer: 'router', maxSegmentRows: 2 })
    for (let count = 0; count < 5; count++) journal.request(request)
    await journal.flush()
    expect((await readdir(dir)).filter(name => name.endsWith('.ndjson'))).toEqual([
      'router-requests-000001.ndjson',
      'router-requests-000002.ndjson',
      'router-requests-000003.open.ndjson',
    ])
    await journal.close()
  })

  it('seals what it has after a time, and leaves no empty segments', async () => {
    const dir = await temporaryFolder()
    const clock = createVirtualClock()
    const journal = await openJournal({ dir, writer: 'router', clock, maxSegmentMs: 1000 })
    journal.request(request)
    await clock.advanceMs(1000)
    await journal.flush()
    await journal.flush()
    expect(await readdir(dir)).toContain('router-requests-000001.ndjson')
    await clock.advanceMs(5000)
    await journal.close()
    expect(await readdir(dir)).toEqual(['router-requests-000001.ndjson'])
  })

  it('refuses a writer name that a running process has, and gives it back on close', async () => {
    const dir = await temporaryFolder()
    const journal = await openJournal({ dir, writer: 'router' })
    await expect(openJournal({ dir, writer: 'router' })).rejects.toMatchObject({
      code: 'E_STORE_LOCKED',
      message: expect.stringContaining(String(process.pid)),
    })
    await using other = await openJournal({ dir, writer: 'client' })
    expect(other.dropped()).toBe(0)
    await journal.close()
    await (await openJournal({ dir, writer: 'router' })).close()
  })

  it('takes over from a dead process and goes on after its segments', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'router.lock'), '{"pid":1,"host":"elsewhere"}')
    await writeFile(join(dir, 'router-requests-000003.ndjson'), `${encodeRequest(request)}\n`)
    await writeFile(join(dir, 'router-requests-000004.open.ndjson'), `${encodeRequest(second)}\n{"ts":"20`)
    const journal = await openJournal({ dir, writer: 'router' })
    journal.request(third)
    await journal.close()
    expect((await readRows(dir, 'requests')).map(row => row['request_id'])).toEqual([
      request.request_id,
      second.request_id,
      third.request_id,
    ])
  })

  it('keeps rows in memory while the disk refuses, and writes them when it takes them again', async () => {
    const dir = await temporaryFolder()
    const journal = await openJournal({ dir, writer: 'router', retryMs: 5 })
    const away = `${dir}.away`
    await rename(dir, away)
    journal.request(request)
    await journal.flush()
    journal.request(second)
    await journal.flush()
    expect(journal.written().requests).toBe(0)
    await rename(away, dir)
    await expect.poll(() => journal.written().requests, { interval: 5 }).toBe(2)
    await journal.close()
    expect(await readRows(dir, 'requests')).toHaveLength(2)
    expect(journal.dropped()).toBe(0)
  })

  it('counts what does not fit into memory, and what is left when it closes', async () => {
    const dir = await temporaryFolder()
    const line = encodeRequest(request)
    const journal = await openJournal({ dir, writer: 'router', maxPendingChars: line.length * 3 })
    await rm(dir, { recursive: true })
    for (let count = 0; count < 5; count++) journal.request(request)
    await journal.flush()
    expect(journal.dropped()).toBe(2)
    await journal.close()
    journal.request(request)
    expect(journal.dropped()).toBe(6)
    await mkdir(dir)
  })

  it('refuses a folder that cannot be made', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'file'), '')
    await expect(openJournal({ dir: join(dir, 'file'), writer: 'router' })).rejects.toMatchObject({
      code: 'E_FILE_UNREADABLE',
    })
  })

  it('has every row it took exactly once, in order, whatever the segment size and the pace', async () => {
    const step = fc.oneof(
      fc.constantFrom('row' as const, 'row' as const, 'row' as const),
      fc.constantFrom('turn' as const, 'flush' as const, 'seal' as const),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        async (steps, size) => {
          const dir = await temporaryFolder()
          const journal = await openJournal({ dir, writer: 'w', maxSegmentRows: size })
          let taken = 0
          for (const one of steps) {
            if (one === 'row') journal.request({ ...request, item_id: String(taken++) })
            if (one === 'turn') await new Promise(setImmediate)
            if (one === 'flush') await journal.flush()
            if (one === 'seal') void journal.seal()
          }
          await journal.close()
          const rows = await readRows(dir, 'requests')
          expect(rows.map(row => row['item_id'])).toEqual(
            Array.from({ length: taken }, (_, index) => String(index)),
          )
          expect(journal.written().requests).toBe(taken)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('recoverJournal', () => {
  it('seals what dead processes left, cuts the half-written line, and removes files without a whole line', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'a-requests-000001.open.ndjson'), '{"x":1}\n{"x":2}\n{"x":')
    await writeFile(join(dir, 'a-attempts-000001.open.ndjson'), '{"x":1}\n')
    await writeFile(join(dir, 'b-requests-000001.open.ndjson'), `{"long":"${'x'.repeat(200_000)}`)
    expect(await recoverJournal(dir)).toEqual({ segments: 2, cutLines: 2 })
    expect(await readdir(dir)).toEqual(['a-attempts-000001.ndjson', 'a-requests-000001.ndjson'])
    expect(await readFile(join(dir, 'a-requests-000001.ndjson'), 'utf8')).toBe('{"x":1}\n{"x":2}\n')
    expect(await recoverJournal(dir)).toEqual({ segments: 0, cutLines: 0 })
  })

  it('leaves the segment of a running writer alone', async () => {
    const dir = await temporaryFolder()
    const journal = await openJournal({ dir, writer: 'router' })
    journal.request(request)
    await journal.flush()
    expect(await recoverJournal(dir)).toEqual({ segments: 0, cutLines: 0 })
    journal.request(second)
    await journal.close()
    expect(await readRows(dir, 'requests')).toHaveLength(2)
  })

  it('finds nothing in a folder that is not there', async () => {
    expect(await recoverJournal('/nowhere/at/all')).toEqual({ segments: 0, cutLines: 0 })
  })

  it('has every row that was flushed by a writer that was then killed, in order and whole', async () => {
    const dir = await temporaryFolder()
    const child = fork(new URL('./fixtures/journal-writer.ts', import.meta.url), [dir], { stdio: 'inherit' })
    let flushed = 0
    child.on('message', (message: { written: number }) => {
      flushed = message.written
      if (flushed >= 200) child.kill('SIGKILL')
    })
    await once(child, 'exit')
    await recoverJournal(dir)
    const rows = await readRows(dir, 'requests')
    expect(flushed).toBeGreaterThanOrEqual(200)
    expect(rows.length).toBeGreaterThanOrEqual(flushed)
    expect(rows.map(row => row['item_id'])).toEqual(rows.map((_, index) => String(index)))
    expect((await readdir(dir)).some(name => name.includes('.open.') || name.endsWith('.lock'))).toBe(false)
  })
})
