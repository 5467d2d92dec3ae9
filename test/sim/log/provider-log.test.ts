import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { createRng, createSystemClock, parseUsd } from '../../../src/core/index.ts'
import {
  type FaultRule,
  openProviderLog,
  openSimulatedProviders,
  parseProviderLog,
} from '../../../src/sim/index.ts'
import { makeTemporaryFolder } from '../../support/temporary-folder.ts'
import { catalogOf, endpointOf } from '../tiny-catalog.ts'

const price = { input: 2n, output: 10n, cacheRead: 1n, cacheWrite: null, request: 0n, version: 'test' }
const endpoint = endpointOf({ price })
const speed = 200
const agent = new Agent()
afterAll(() => agent.close())

interface Ask {
  readonly draw: string
  readonly stream: boolean
  readonly prompt: string
  /** Leave after the first bytes of the body. */
  readonly leaves?: true
  readonly tokens?: number
}

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

async function ask(url: string, { draw, stream, prompt, leaves, tokens = 12 }: Ask): Promise<void> {
  const answer = await request(`${url}/deepinfra/v1/chat/completions`, {
    method: 'POST',
    dispatcher: agent,
    headers: {
      authorization: 'Bearer secret-key',
      'x-routebench-draw': draw,
      'x-routebench-output-tokens': String(tokens),
      traceparent: trace,
    },
    body: JSON.stringify({
      model: endpoint.upstreamModel,
      messages: [{ role: 'user', content: prompt }],
      stream,
    }),
  })
  if (!leaves) return answer.body.dump({ limit: 1e9 })
  for await (const _ of answer.body) break
}

interface Play {
  readonly asks: readonly Ask[]
  readonly faults?: readonly FaultRule[]
  readonly speed?: number
  /** All at once instead of one after another. */
  readonly together?: true
}

/** Plays requests against fresh providers and gives the log they leave. */
async function logOf(path: string, play: Play) {
  const clock = createSystemClock()
  const pace = play.speed ?? speed
  const log = await openProviderLog({ path, clock, speed: pace })
  const sim = await openSimulatedProviders({
    catalog: catalogOf(endpoint),
    clock,
    rng: createRng('log'),
    port: 0,
    speed: pace,
    faults: play.faults ?? [],
    log,
  })
  const asking = (one: Ask) => ask(sim.url, one).catch(() => undefined)
  if (play.together) await Promise.all(play.asks.map(asking))
  else for (const one of play.asks) await asking(one)
  await sim.close()
  await log.close()
  expect(log.dropped()).toBe(0)
  const text = await readFile(path, 'utf8')
  return { text, lines: parseProviderLog({ file: path, text }) }
}

const prompt = 'Tell me about prefix caches. '.repeat(20)
const plain: readonly Ask[] = [
  { draw: 'a', stream: true, prompt },
  { draw: 'b', stream: false, prompt },
  { draw: 'c', stream: true, prompt: 'Short.' },
]

describe('openProviderLog', () => {
  it('keeps what came, what was written and what would be billed, in the order of arrival', async () => {
    await using folder = await makeTemporaryFolder()
    const { lines } = await logOf(folder.file('log.ndjson'), { asks: plain })
    expect(lines.map(({ no, draw_id }) => [no, draw_id])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
    const [first, second] = lines
    expect(first).toMatchObject({
      endpoint: endpoint.id,
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      span_id: '00f067aa0ba902b7',
      stream: true,
      status: 200,
      ended: 'complete',
      canceled: false,
      cached_tokens: 0,
      output_tokens: 12,
      sent_tokens: 12,
      price_version: 'test',
    })
    expect(second?.cached_tokens).toBeGreaterThan(0)
    for (const line of lines) {
      const { input_tokens: input, cached_tokens: cached, output_tokens: output } = line
      const cost = 2 * ((input ?? 0) - (cached ?? 0)) + (cached ?? 0) + 10 * (output ?? 0)
      expect(parseUsd(line.billed_usd)).toBe(BigInt(cost))
    }
  })

  it('stamps each write before it is made, in order, on one clock', async () => {
    await using folder = await makeTemporaryFolder()
    const { lines } = await logOf(folder.file('log.ndjson'), { asks: plain })
    for (const line of lines) {
      const stamps = [line.received_ns, line.headers_ns, line.first_byte_ns, line.last_byte_ns, line.end_ns]
      expect(stamps).toEqual(stamps.toSorted((a, b) => (a ?? 0) - (b ?? 0)))
      for (const [planned, written] of line.writes_us) {
        expect(written).toBeGreaterThanOrEqual((planned ?? 0) - 1)
      }
    }
  })

  it('gives the same log twice for the same seed, order of concurrent requests and real stamps aside', async () => {
    await using folder = await makeTemporaryFolder()
    const faults: FaultRule[] = [
      {
        provider: 'deepinfra',
        model: null,
        kind: 'status',
        status: 503,
        fromMs: 0,
        toMs: null,
        ratio: 0.3,
        delayMs: 0,
      },
    ]
    const asks = Array.from({ length: 30 }, (_, at) => ({
      draw: `item-${at}`,
      stream: at % 2 === 0,
      prompt: `${at}: ${prompt.slice(0, 40 + at * 15)}`,
    }))
    const [a, b] = await Promise.all(
      ['a', 'b'].map(name => logOf(folder.file(`${name}.ndjson`), { asks, faults, together: true })),
    )
    const timeless = (logs: typeof a) =>
      logs?.lines
        .map(line => ({
          ...line,
          no: 0,
          received_ns: 0,
          headers_ns: line.headers_ns === null,
          first_byte_ns: line.first_byte_ns === null,
          last_byte_ns: line.last_byte_ns === null,
          end_ns: 0,
          writes_us: 0,
        }))
        .toSorted((x, y) => (x.draw_id < y.draw_id ? -1 : 1))
    expect(new Set(a?.lines.map(({ status }) => status))).toEqual(new Set([200, 503]))
    expect(timeless(b)).toEqual(timeless(a))
  })

  it('bills a caller that leaves for what was made until then, and says it was canceled', async () => {
    await using folder = await makeTemporaryFolder()
    const asks: Ask[] = [{ draw: 'x', stream: true, prompt, leaves: true, tokens: 400 }]
    const { lines } = await logOf(folder.file('log.ndjson'), { asks, speed: 20 })
    const [line] = lines
    expect(line).toMatchObject({ ended: 'canceled', canceled: true, output_tokens: 400, status: 200 })
    expect(line?.sent_tokens).toBeGreaterThan(0)
    expect(line?.sent_tokens).toBeLessThan(400)
    const made = BigInt(2 * (line?.input_tokens ?? 0) + 10 * (line?.sent_tokens ?? 0))
    expect(parseUsd(line?.billed_usd ?? '')).toBe(made)
  })

  it('bills nothing for a reset or a refusal', async () => {
    await using folder = await makeTemporaryFolder()
    const always = { provider: 'deepinfra', model: null, status: 503, ratio: 1, delayMs: 0 } as const
    const faults: FaultRule[] = [{ ...always, kind: 'outage', fromMs: 0, toMs: null }]
    const { lines } = await logOf(folder.file('log.ndjson'), { asks: plain.slice(0, 1), faults })
    expect(lines).toMatchObject([{ ended: 'reset', status: 0, billed_usd: '0', input_tokens: null }])
  })

  it('never holds a key or a prompt', async () => {
    await using folder = await makeTemporaryFolder()
    const { text } = await logOf(folder.file('log.ndjson'), { asks: plain })
    expect(text).not.toMatch(/secret-key|prefix caches/)
  })

  it('says which file it cannot write', async () => {
    const opening = openProviderLog({ path: '/dev/null/log', clock: createSystemClock(), speed: 1 })
    await expect(opening).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' })
  })
})

describe('parseProviderLog', () => {
  it('names the place of every line that is not one', () => {
    const text = '{"kind":"provider_log","version":2}\n{"kind":"request"}\nnonsense\n'
    const parse = () => parseProviderLog({ file: 'x.ndjson', text })
    expect(parse).toThrow(/x\.ndjson is not a provider log/)
    try {
      parse()
    } catch (error) {
      const places = [1, 2, 3].map(line => expect.stringContaining(`x.ndjson:${line}:1 bad-log-line`))
      expect(error).toMatchObject({ problems: places })
    }
  })
})
