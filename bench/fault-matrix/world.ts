import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Endpoint } from '../../src/catalog/index.ts'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { defaultHealthSettings } from '../../src/health/index.ts'
import type { AttemptRecord, RequestRecord } from '../../src/record/index.ts'
import { openRouter, type RouterSettings } from '../../src/router/index.ts'
import {
  type FaultRule,
  type LogLine,
  openProviderLog,
  openSimulatedProviders,
  parseProviderLog,
} from '../../src/sim/index.ts'
import { builtinCalibration } from '../../src/sim/builtin-calibration.ts'
import { catalogOf } from '../../test/support/endpoint-of.ts'
import { createMemorySink } from '../../test/support/memory-sink.ts'

/** Settings like those of production, with all times so much shorter that a trial takes less than a second or two. */
export const hastySettings: Partial<RouterSettings> = {
  connectTimeoutMs: 400,
  headersTimeoutMs: 400,
  firstTokenTimeoutMs: 500,
  idleTimeoutMs: 400,
  stallTimeoutMs: 600,
  unaryTimeoutMs: 600,
  attemptTimeoutMs: 2_000,
  requestTimeoutMs: 4_000,
  // Trials share a router and shall not vie for its budget; bench/outage-drill.ts measures what it bounds.
  retryBudget: { perRequest: 1, reserve: 1_000 },
  retry: { baseMs: 20, capMs: 100, maxRetries: 2, maxWaitMs: 600 },
  health: {
    ...defaultHealthSettings,
    breaker: { ...defaultHealthSettings.breaker, openMs: 200, maxOpenMs: 800 },
  },
}

/** What a world is made of. */
export interface WorldOptions {
  readonly endpoints: readonly Endpoint[]
  readonly faults: readonly FaultRule[]
  readonly settings: Partial<RouterSettings>
  readonly seed: string
  /** Keys of each provider. */
  readonly keys: number
  /** Providers at whose port nobody listens. */
  readonly unreachable: ReadonlySet<string>
}

/** Both sides' books of everything that happened in a world. */
export interface WorldBooks {
  readonly requests: readonly RequestRecord[]
  readonly attempts: readonly AttemptRecord[]
  readonly lines: readonly LogLine[]
  /** Exceptions that are mistakes of the router. */
  readonly defects: readonly unknown[]
}

/** A router in front of simulated providers, and the books of both. */
export interface World {
  readonly url: string
  setFaults(rules: readonly FaultRule[]): void
  /** What the router has written so far about one request. */
  attemptsOf(requestId: string): readonly AttemptRecord[]
  close(): Promise<WorldBooks>
}

/** Opens simulated providers that answer at once, their log, and a router in this process. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { endpoints, faults, settings, seed, keys, unreachable } = options
  const folder = await mkdtemp(join(tmpdir(), 'routebench-matrix-'))
  const path = join(folder, 'providers.ndjson')
  const clock = createSystemClock()
  const catalog = catalogOf(endpoints)
  const log = await openProviderLog({ path, clock, speed: 1 })
  const rng = createRng(seed)
  const served = { catalog, clock, rng, port: 0, speed: 1, faults, calibration: quick(), log }
  const providers = await openSimulatedProviders(served)
  const nobodyUrl = `http://127.0.0.1:${await freePort()}`
  const sink = createMemorySink()
  const defects: unknown[] = []
  const router = await openRouter({
    catalog,
    clock,
    rng,
    sink,
    settings: { ...settings, upstreamIsSimulated: true },
    upstream: ({ provider: { id } }) => ({
      baseUrl: `${unreachable.has(id) ? nobodyUrl : providers.url}/${id}/v1`,
      keys: Array.from({ length: keys }, (_, at) => ({ alias: `${id}:${at}`, value: `sk-${at}` })),
    }),
    onDefect: defect => defects.push(defect),
  })
  async function close(): Promise<WorldBooks> {
    await router.close()
    await providers.close()
    await log.close()
    const lines = parseProviderLog({ file: path, text: await readFile(path, 'utf8') })
    await rm(folder, { recursive: true })
    return { requests: sink.requests, attempts: sink.attempts, lines, defects }
  }
  return {
    url: router.url,
    setFaults: providers.setFaults,
    attemptsOf: id => sink.attempts.filter(({ request_id: ofRequest }) => ofRequest === id),
    close,
  }
}

/** First token after some milliseconds, a token a millisecond, one token a chunk, nothing by chance. */
function quick() {
  const builtin = builtinCalibration()
  const source = { name: 'bench', basis: 'assumed', date: '2026-11-20', note: 'For the benchmark.' } as const
  const figures = {
    ttftMs: 8,
    ttftSigma: 0,
    tailRatio: 0,
    tokensPerSecond: 1_000,
    decodeSigma: 0,
    chunkTokens: [1, 1],
    slots: null,
    refusalMs: 2,
    tokenizer: 'bytes',
  } as const
  return { ...builtin, rows: [...builtin.rows, { provider: null, model: null, source, figures }] }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise(resolve => {
    server.close(resolve)
  })
  return typeof address === 'object' && address ? address.port : 9
}
