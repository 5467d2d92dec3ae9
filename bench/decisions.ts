// How long routing decisions take: filters, ranking and the reading of health, for one model with 40 endpoints.
// Usage: node bench/decisions.ts [decisions, default 100000]
import {
  type DecideOptions,
  decide,
  defaultPolicySettings,
  noAccessRules,
  parsePreferences,
  type PolicySettings,
  type RouteRequest,
} from '../src/policy/index.ts'
import { createRng } from '../src/core/index.ts'
import { createHealthBook, defaultHealthSettings } from '../src/health/index.ts'
import { endpointOf } from '../test/support/endpoint-of.ts'

const [decisions = 100_000] = process.argv.slice(2).map(Number)
const endpointCount = 40
/** A hundred requests a second. */
const nsBetween = 10_000_000
const modelId = 'acme/one'
const keyAliases = ['KEY']

interface Kind {
  readonly name: string
  /** Of a hundred requests of the mix. */
  readonly share: number
  readonly request: RouteRequest
  readonly settings?: Partial<PolicySettings>
  readonly hasSession?: boolean
}

function requestOf(provider: unknown, parameters: readonly string[] = ['temperature']): RouteRequest {
  const parsed = parsePreferences(provider)
  if (!parsed.ok) throw new Error(parsed.problem)
  return {
    models: [{ modelId, requested: modelId, via: 'direct', variant: null }],
    preferences: parsed.preferences,
    rules: noAccessRules,
    parameters,
    modalities: ['text'],
    estimatedInputTokens: 1_000,
    maxOutputTokens: 500,
    tier: null,
    rule: null,
  }
}

const kinds: readonly Kind[] = [
  { name: 'plain', share: 25, request: requestOf({}) },
  { name: 'session', share: 25, request: requestOf({}), hasSession: true },
  { name: 'order', share: 10, request: requestOf({ order: ['p7', 'p21', 'p3'] }) },
  { name: 'sort', share: 10, request: requestOf({ sort: 'throughput' }) },
  {
    name: 'thresholds',
    share: 10,
    request: requestOf({ preferred_max_latency: { p90: 0.8 }, preferred_min_throughput: 30 }),
  },
  {
    name: 'filters',
    share: 10,
    request: requestOf({
      ignore: ['p1', 'p2'],
      zdr: true,
      max_price: { prompt: 2 },
      require_parameters: true,
    }),
  },
  {
    name: 'tools, exacto',
    share: 5,
    request: requestOf({}, ['tools', 'temperature']),
    settings: { autoExacto: true },
  },
  { name: 'adaptive', share: 5, request: requestOf({}), settings: { strategy: 'adaptive' } },
]

const endpoints = Array.from({ length: endpointCount }, (_, index) =>
  endpointOf({
    provider: `p${index}`,
    model: modelId,
    input: 0.1 + ((index * 7) % 40) / 20,
    output: 1 + (index % 9),
  }),
)

/** A world in which time passes and each decision has a result, so that nothing stays cached for ever. */
function openWorld() {
  const rng = createRng('decisions')
  const health = createHealthBook(defaultHealthSettings)
  let nowNs = 0
  function optionsOf(kind: Kind, index: number): DecideOptions {
    return {
      request: kind.request,
      endpointsOf: () => endpoints,
      access: () => 'ready',
      settings: { ...defaultPolicySettings, ...kind.settings },
      health: id => health.read({ endpointId: id, keyAliases, nowNs }),
      pinOf: () => null,
      affinityKey: kind.hasSession ? `session ${index % 1_000}` : null,
      nowNs,
      epochUs: 0,
      rng: rng.fork(String(index)),
    }
  }
  function decideOnce(kind: Kind, index: number): number {
    nowNs += nsBetween
    const startMs = performance.now()
    const { candidates } = decide(optionsOf(kind, index))
    const tookMs = performance.now() - startMs
    const served = candidates[0]?.endpoint.id ?? ''
    const result = index % 50 === 0 ? 'error' : 'ok'
    const ttftMs = 200 + (index % 700)
    health.note(served, {
      beganNs: nowNs,
      atNs: nowNs,
      result,
      coolsDown: 'endpoint',
      keyAlias: 'KEY',
      retryAfterMs: null,
      ttftMs,
      tokensPerSecond: 20 + (index % 80),
    })
    return tookMs
  }
  return { decideOnce }
}

function main(): void {
  const mix = kinds.flatMap(kind => Array.from({ length: kind.share }, () => kind))
  const order = createRng('mix')
  const world = openWorld()
  for (let index = 0; index < 2_000; index++) for (const kind of kinds) world.decideOnce(kind, index)
  const took = new Map(kinds.map(({ name }) => [name, { count: 0, ms: 0 }]))
  const startMs = performance.now()
  const startCpu = process.cpuUsage()
  for (let index = 0; index < decisions; index++) {
    const kind = mix[order.int(mix.length)] ?? mix[0]
    const sum = kind && took.get(kind.name)
    if (!kind || !sum) continue
    sum.ms += world.decideOnce(kind, index)
    sum.count++
  }
  const wallMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(startCpu)
  console.log(`${decisions} decisions over ${endpointCount} endpoints, with the noting of their results`)
  for (const [name, { count, ms }] of took) {
    console.log(`  ${name.padEnd(14)} ${String(count).padStart(6)} × ${((ms * 1_000) / count).toFixed(1)} µs`)
  }
  console.log(
    `  all            ${(wallMs / 1_000).toFixed(2)} s wall, ${((user + system) / 1e6).toFixed(2)} s CPU`,
  )
}

main()
