// Takes endpoints down under steady traffic and prints, for a router with default settings: attempts a request while they are
// down (amplification), how long a mended endpoint waits until it serves again (recovery lag), and how long a caller waits
// when its endpoint falls silent (time to rescue), with what that costs. docs/reliability.md says how to read it.
// Run: npx node bench/outage-drill.ts [seconds of outage, default 60] [--json]; exits with 1 beyond 1.1 attempts a request.
import { parseArgs } from 'node:util'
import { createRng } from '../src/core/index.ts'
import { defaultLearnedDeadlineSettings } from '../src/health/index.ts'
import { learningMs, playOutage } from './outage-drill/outages.ts'
import { playRecoveries } from './outage-drill/recoveries.ts'
import { playSilences } from './outage-drill/silences.ts'

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const forMs = Number(positionals[0] ?? 60) * 1000
if (!(forMs > learningMs)) {
  console.error(`An outage lasts longer than ${learningMs / 1000} seconds.`)
  process.exit(64)
}
const rng = createRng('outage drill')
const mostAttempts = 1.1

const kinds = ['outage', 'status', 'silence'] as const
const plans = kinds.flatMap(kind => [true, false].map(hasHealthy => ({ kind, hasHealthy })))
const [outages, recoveries] = await Promise.all([
  Promise.all(plans.map(one => playOutage(one, { forMs, rng: rng.fork(`${one.kind} ${one.hasHealthy}`) }))),
  playRecoveries(30, { forMs, rng }),
])
const silences = [
  await playSilences('first_token_ms: 2000', { firstTokenTimeoutMs: 2_000 }, 10),
  await playSilences('learned_first_token', { learnedFirstToken: defaultLearnedDeadlineSettings }, 20),
  await playSilences('hedge: after_ms 300', { hedge: { after: null, afterMs: 300, maxShare: 0.05 } }, 20),
]

if (values.json) console.log(JSON.stringify({ forMs, outages, recoveries, silences }))
else print()
const isWithin = outages.every(({ steadyAttempts, wrong }) => steadyAttempts <= mostAttempts && wrong === 0)
process.exitCode = isWithin ? 0 : 1

function print(): void {
  console.table(
    outages.map(one => ({
      outage: one.kind,
      alternative: one.hasHealthy ? 'healthy' : 'none',
      requests: one.requests,
      served: one.served,
      wrong: one.wrong,
      'attempts a request': rounded(one.attempts, 3),
      'after 10 s': rounded(one.steadyAttempts, 3),
      'to dead endpoints a minute': rounded(one.deadPerMinute, 1),
    })),
  )
  console.table(
    [true, false].map(isOrdered => {
      const some = recoveries.filter(one => one.isOrdered === isOrdered)
      const [down, lag] = [some.map(one => one.downMs / 1000), some.map(one => one.lagMs / 1000)]
      return {
        routing: isOrdered ? 'provider.order' : 'default',
        endpoints: some.length,
        'down, s: min': quantile(down, 0),
        'down: max': quantile(down, 1),
        'lag, s: p50': quantile(lag, 0.5),
        'lag: p95': quantile(lag, 0.95),
        'lag: max': quantile(lag, 1),
      }
    }),
  )
  console.table(
    silences.map(one => ({
      guard: one.guard,
      served: `${one.served} of ${one.requests}`,
      'to the whole answer, ms: p50': quantile(one.elapsedMs, 0.5),
      p95: quantile(one.elapsedMs, 0.95),
      'billed for silence, of the answers’ cost': rounded(one.lostRatio, 2),
    })),
  )
}

function quantile(numbers: readonly number[], q: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0, 1)
}

function rounded(number: number, digits: number): number {
  return Number(number.toFixed(digits))
}
