import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { askRouter } from '../../bench/fault-matrix/caller.ts'
import { faultCases } from '../../bench/fault-matrix/cases.ts'
import type { FaultCase } from '../../bench/fault-matrix/fault-case.ts'
import { cellsOf } from '../../bench/fault-matrix/cell.ts'
import { runCell } from '../../bench/fault-matrix/run-cell.ts'
import { faultEffects } from '../../src/sim/model/fault-effects.ts'
import {
  chunkOf,
  openStream,
  type Received,
  startScriptedServer,
  usageChunk,
} from '../support/scripted-server.ts'

/** Pieces of a few bytes need a turn of the event loop each, and many of those while others have it. */
const slowWhenCrowded = new Set(['split writes'])
const rows = faultCases.map(fault => [fault.name, fault] as const)

describe('the router under every fault (bench/fault-matrix.ts plays each 20 times)', () => {
  const sentence = 'serves or says honestly why not, and agrees with the provider on requests and bill: %s'
  it.concurrent.each(rows.filter(([name]) => !slowWhenCrowded.has(name)))(sentence, playAll)
  it.each(rows.filter(([name]) => slowWhenCrowded.has(name)))(sentence, playAll)

  it('has every fault that simulated providers can have', () => {
    const hosts = { first: 'a', second: 'b' }
    const played = new Set<string>(faultCases.flatMap(({ faults }) => faults(hosts).map(({ kind }) => kind)))
    expect(Object.keys(faultEffects).filter(kind => !played.has(kind))).toEqual([])
  })

  it('is as large as docs/reliability.md says', async () => {
    const page = await readFile(new URL('../../docs/reliability.md', import.meta.url), 'utf8')
    const cells = cellsOf(faultCases).length
    expect(page).toContain(`plays ${faultCases.length} faults`)
    expect(page).toContain(`${cells} cells, ${(cells * 20).toLocaleString('en')} trials`)
  })
})

describe('askRouter', () => {
  const expected = 'Hello there, all of you.'
  const half = 'Hello there'

  async function viewOf(answer: (write: (data: string | object) => void) => void) {
    await using server = await startScriptedServer((response, _request: Received) => {
      answer(openStream(response))
      response.end()
    })
    return await askRouter({ url: server.url, requestId: 'x', headers: {}, body: { stream: true }, expected })
  }
  const error = { error: { code: 502, message: 'broke', error_type: 'provider_unavailable' } }
  const failed = { choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] }

  it.each([
    [
      'a whole answer',
      [chunkOf({ content: expected }), chunkOf({}, 'stop'), usageChunk(1, 1), '[DONE]'],
      'served',
    ],
    ['half an answer that looks whole', [chunkOf({ content: half }), chunkOf({}, 'stop'), '[DONE]'], 'wrong'],
    ['an answer without its end', [chunkOf({ content: expected }), chunkOf({}, 'stop')], 'wrong'],
    ['an answer without finish reason', [chunkOf({ content: expected }), '[DONE]'], 'wrong'],
    [
      'half an answer and an error',
      [chunkOf({ content: half }), { ...error, ...failed }, '[DONE]'],
      'broken_off',
    ],
    ['an error alone', [{ ...error, ...failed }, '[DONE]'], 'refused'],
    ['an error without words', [{ ...failed, error: { code: 502 } }, '[DONE]'], 'wrong'],
    ['an answer twice', [chunkOf({ content: expected + expected }), chunkOf({}, 'stop'), '[DONE]'], 'wrong'],
  ] as const)('sees %s for what it is', async (_name, events, kind) => {
    const view = await viewOf(write => events.forEach(event => write(event)))
    expect(view.kind).toBe(kind)
  })
})

/** Plays all cells of a fault once. */
async function playAll(_name: string, fault: FaultCase) {
  const cells = cellsOf([fault])
  const results = await Promise.all(cells.map(cell => runCell(cell, { repeat: 1, seed: 'test' })))
  // Partial: a stream that had begun broke off, and rescue was not asked for.
  const mayBreak = (at: number) =>
    fault.effect === 'mid_answer' && cells[at]?.mode === 'stream' && cells[at].hasHealthy
  const reasons = (at: number) => (mayBreak(at) ? { 'broken off, and said so': 1 } : {})
  expect(
    results.map(({ mode, hasHealthy, reasons: why, verdict }) => ({
      mode,
      hasHealthy,
      reasons: why,
      verdict,
    })),
  ).toEqual(
    cells.map(({ mode, hasHealthy }, at) => ({
      mode,
      hasHealthy,
      reasons: reasons(at),
      verdict: mayBreak(at) ? 'partial' : 'pass',
    })),
  )
}
