import * as fc from 'fast-check'
import { z } from 'zod'
import type { ScenarioFileInput } from '../../src/scenario/scenario-schema.ts'

const positive = fc.double({ min: 0.001, max: 1000, noNaN: true })
const count = fc.integer({ min: 1, max: 10_000 })
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary)
const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,12}$/)
const word = fc.stringMatching(/^[^\s"'#:]{1,12}$/)
// Texts that YAML likes to read as something else are among them.
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('null', 'yes', '1e3', '~', ' x ', 'a: b', '- a', '#', 'é\n\tz'),
)
// Reserved names are not free, and __proto__ is not a key that plain objects can hold.
const parameters = fc.dictionary(fc.stringMatching(/^x[a-z_]{0,8}$/), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 3,
})
const plain = (value: fc.JsonValue | Record<string, unknown>) =>
  z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(value)))

const target = fc.oneof(
  fc.constant('simulated' as const),
  fc.record({
    base_url: fc.constantFrom('http://127.0.0.1:1/v1', 'https://a.example/'),
    api_key_env: orNull(fc.constant('KEY')),
  }),
)

const arm = fc.record(
  { name, model: word, target, parameters: parameters.map(plain), session_id: fc.boolean() },
  { requiredKeys: ['name', 'model'] },
)

const check = fc.oneof(
  fc.record({ kind: fc.constant('exact' as const), value: text }),
  fc.record({ kind: fc.constant('contains' as const), value: fc.string({ minLength: 1 }) }),
  fc.record({
    kind: fc.constant('regex' as const),
    pattern: fc.constantFrom('a+', '^\\d$'),
    flags: fc.constantFrom('', 'im'),
  }),
  fc.record({
    kind: fc.constant('json_schema' as const),
    schema: fc.constantFrom({}, { type: 'object', required: ['a'] }, { const: null }).map(plain),
  }),
)

const flap = fc.oneof(
  fc.constant({}),
  fc.record({ period_seconds: fc.integer({ min: 2, max: 9 }), on_seconds: fc.constantFrom(1, 2) }),
)

const faultBase = {
  provider: name,
  model: orNull(word),
  key_number: orNull(count),
  from_seconds: fc.integer({ min: 0, max: 9 }),
  to_seconds: orNull(fc.integer({ min: 10, max: 20 })),
  ratio: fc.double({ min: 0.01, max: 1, noNaN: true }),
}

const plainFaults = fc.constantFrom(
  ...([
    'outage',
    'refused',
    'keep_alive_reset',
    'insufficient_quota',
    'request_too_large',
    'reset_after_headers',
    'silence',
    'malformed_chunk',
    'error_in_200',
    'empty_answer',
    'missing_usage',
    'split_writes',
  ] as const),
)

const fault = fc
  .tuple(
    fc.oneof(
      fc.record({
        kind: fc.constant('status' as const),
        status: fc.integer({ min: 400, max: 599 }),
        body: fc.constantFrom('json' as const, 'html' as const),
        ...faultBase,
      }),
      fc.record({
        kind: fc.constant('rate_limit' as const),
        headers: fc.constantFrom('native' as const, 'none' as const, 'rfc3339' as const),
        retry_after_ms: positive,
        ...faultBase,
      }),
      fc.record({
        kind: fc.constantFrom('slow_first_token' as const, 'slow_headers' as const),
        delay_ms: positive,
        ...faultBase,
      }),
      fc.record({
        kind: fc.constant('stall' as const),
        delay_ms: orNull(positive),
        comment_ms: orNull(count),
        ...faultBase,
      }),
      fc.record({
        kind: fc.constant('cut_stream' as const),
        how: orNull(fc.constantFrom('reset' as const, 'end' as const)),
        ...faultBase,
      }),
      fc.record({
        kind: fc.constantFrom('slow' as const, 'wrong_usage' as const),
        factor: positive,
        ...faultBase,
      }),
      fc.record({ kind: plainFaults, ...faultBase }),
    ),
    flap,
  )
  .map(([base, flapping]) => Object.assign(base, flapping))

const regime = fc.oneof(
  fc.record({
    provider: name,
    mean_seconds: fc.record(
      { healthy: positive, slow: positive, down: positive },
      { requiredKeys: ['healthy'] },
    ),
    slow_factor: positive,
  }),
  fc.record({
    provider: name,
    model: orNull(word),
    script: fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }).map(times =>
      times
        .toSorted((a, b) => a - b)
        .map(at_seconds => ({
          at_seconds,
          regime: at_seconds % 2 === 0 ? ('down' as const) : ('healthy' as const),
        })),
    ),
    status: fc.integer({ min: 400, max: 599 }),
  }),
)

const changeBase = { provider: name, model: orNull(word), at_seconds: fc.integer({ min: 0, max: 60 }) }

const change = fc.oneof(
  fc.record({
    kind: fc.constant('price' as const),
    input_usd_per_million: fc.constantFrom('0', '0.25', '12'),
    output_usd_per_million: orNull(fc.constant('1.000001')),
    ...changeBase,
  }),
  fc.record({ kind: fc.constant('withdrawn' as const), ...changeBase }),
  fc.record({
    kind: fc.constant('swapped' as const),
    quality_factor: fc.double({ min: 0, max: 1, noNaN: true }),
    speed_factor: positive,
    over_seconds: fc.integer({ min: 0, max: 60 }),
    ...changeBase,
  }),
  fc.record({ kind: fc.constant('context' as const), context_tokens: count, ...changeBase }),
)

const workload = fc.oneof(
  fc.record({
    kind: fc.constant('builtin' as const),
    set: fc.constantFrom('quickstart' as const, 'brief' as const),
    requests: fc.integer({ min: 10, max: 200 }),
  }),
  fc.record({ kind: fc.constant('prompts' as const), file: word, requests: orNull(count) }),
  fc.record(
    {
      kind: fc.constant('sessions' as const),
      file: word,
      sessions: fc.integer({ min: 10, max: 50 }),
      max_turns: orNull(count),
      think_speed: positive,
      max_think_seconds: orNull(positive),
      max_input_tokens: orNull(count),
      max_output_tokens: orNull(count),
    },
    { requiredKeys: ['kind', 'file', 'sessions'] },
  ),
)

const arrivals = fc.oneof(
  fc.record({ kind: fc.constant('closed' as const), concurrency: count }),
  fc.record({ kind: fc.constantFrom('constant' as const, 'poisson' as const), rate_per_second: positive }),
)

/** Scenario files as people may write them, without mistakes. */
export const scenarioFileArbitrary: fc.Arbitrary<ScenarioFileInput> = fc.record(
  {
    version: fc.constant(1 as const),
    name,
    description: text,
    seed: fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.constantFrom('1', '0x1', 'true')),
    arms: fc
      .uniqueArray(arm, { maxLength: 2, selector: ({ name: armName }) => armName })
      // One arm is simulated, so that faults are allowed; no other can have its name.
      .map(arms => arms.concat({ name: '0simulated-0', model: 'm' })),
    workload,
    arrivals,
    phases: fc.record({
      warmup_items: fc.integer({ min: 0, max: 1 }),
      cooldown_items: fc.integer({ min: 0, max: 1 }),
    }),
    request: fc.record(
      {
        max_tokens: orNull(count),
        stream: fc.boolean(),
        timeout_ms: positive,
        parameters: parameters.map(plain),
      },
      { requiredKeys: [] },
    ),
    checks: fc.array(check, { maxLength: 3 }),
    simulation: fc.record(
      {
        speed: positive,
        faults: fc.array(fault, { maxLength: 3 }),
        regimes: fc.array(regime, { maxLength: 2 }),
        changes: fc.array(change, { maxLength: 2 }),
        catalogs: fc.array(fc.constantFrom('a.yaml', 'catalogs/b.yaml'), { maxLength: 2 }),
        calibrations: fc.array(fc.constantFrom('slow.yaml'), { maxLength: 1 }),
        log: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    router: fc.record(
      { sticky_ttl_seconds: positive, attempt_timeout_ms: positive, first_token_timeout_ms: positive },
      { requiredKeys: [] },
    ),
    budget: fc.record(
      { max_usd: orNull(fc.constantFrom('0.25', 1, 0.001, '1e-6')), max_seconds: orNull(positive) },
      { requiredKeys: [] },
    ),
    labels: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text, { maxKeys: 3 }),
  },
  { requiredKeys: ['name', 'arms', 'workload', 'arrivals'] },
)
