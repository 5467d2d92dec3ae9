// The simulated providers in a process of their own, for bench/sim-streams.ts and bench/sim-unary.ts: answers at
// exactly the speed given, with no queue. Forked; sends its port, and its CPU time when asked.
import { loadCatalog } from '../src/cli/load-catalog.ts'
import { createRng, createSystemClock } from '../src/core/index.ts'
import { builtinCalibration } from '../src/sim/builtin-calibration.ts'
import { openSimulatedProviders } from '../src/sim/index.ts'

const [ttftMs, tokensPerSecond] = process.argv.slice(2).map(Number)
const builtin = builtinCalibration()
const source = { name: 'bench', basis: 'assumed', date: '2026-11-20', note: 'For the benchmark.' } as const
const figures = { ttftMs: ttftMs ?? 500, tokensPerSecond: tokensPerSecond ?? 50, decodeSigma: 0, slots: null }
const servers = await openSimulatedProviders({
  catalog: await loadCatalog(),
  clock: createSystemClock(),
  rng: createRng('bench'),
  port: 0,
  speed: 1,
  faults: [],
  calibration: { ...builtin, rows: [...builtin.rows, { provider: null, model: null, source, figures }] },
})
process.on('message', message => {
  if (message === 'cpu')
    process.send?.({ cpu: process.cpuUsage(), rssMb: process.memoryUsage().rss / 2 ** 20 })
  if (message === 'lag') process.send?.({ lag: servers.stats().writeLag })
  if (message === 'reset') {
    servers.reset({ faults: [], rng: null })
    process.send?.({})
  }
})
process.send?.({ port: servers.port })
