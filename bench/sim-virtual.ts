// Plans a million requests of growing conversations in virtual time, without writing their answers, and prints how
// long that took: cost and timing for questions of the kind "what would another price, host or limit have done".
// Run: npx node bench/sim-virtual.ts [requests] — target: a million in well under a minute.
import { loadCatalog } from '../src/cli/load-catalog.ts'
import { createRng } from '../src/core/index.ts'
import { simulate, type VirtualRequest } from '../src/sim/index.ts'

const requests = Number(process.argv[2] ?? 1_000_000)
const catalog = await loadCatalog()
const endpoints = [...catalog.endpoints.values()].slice(0, 20)

/** Prompts of 20 blocks on average that share their beginning with others, as conversations do. */
function* traffic(): Generator<VirtualRequest> {
  const rng = createRng('traffic')
  let atMs = 0
  for (let at = 0; at < requests; at++) {
    atMs += rng.exponential(50)
    const endpoint = endpoints[rng.int(endpoints.length)]
    if (!endpoint) return
    const conversation = rng.int(5000)
    const blocks = 1 + rng.int(40)
    const keys = Array.from({ length: blocks }, (_, block) => conversation * 1000 + block)
    const tokens = keys.map((_, block) => (block + 1) * 128)
    const prefixes = { keys, tokens, marked: [], markTtlSeconds: [] }
    const prompt = { tokens: blocks * 128 + 50, key: at, prefixes }
    const request = { prompt, maxTokens: null, wish: { kind: 'filler', tokens: null } } as const
    yield { atMs, endpointId: endpoint.id, request, keyId: 'key', drawId: `request ${at}` }
  }
}

for (const isUnwritten of [true, false]) {
  const count = isUnwritten ? requests : requests / 10
  const startMs = performance.now()
  let [planned, outputTokens] = [0, 0]
  for (const { plan } of simulate({ catalog, rng: createRng('bench'), requests: traffic(), isUnwritten })) {
    planned += 1
    if (plan?.kind === 'answer') outputTokens += plan.usage.outputTokens
    if (planned >= count) break
  }
  const seconds = (performance.now() - startMs) / 1000
  console.table({
    answers: isUnwritten ? 'counted only' : 'written',
    requests: planned,
    'output tokens': outputTokens,
    seconds: Number(seconds.toFixed(1)),
    'µs a request': Number(((seconds / planned) * 1e6).toFixed(1)),
  })
}
