import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseRouterConfig, type RouterFileInput, settingsOf } from '../../../src/router/index.ts'
import { defaultRouterSettings } from '../../../src/router/settings.ts'
import { catalogOf, endpointOf } from '../../support/endpoint-of.ts'

const hash = 'a'.repeat(63)
const key = (name: string, digit: string) => `  - { name: ${name}, sha256: ${hash}${digit} }\n`
const catalog = catalogOf([
  endpointOf({ provider: 'alpha', more: { region: 'eu' } }),
  endpointOf({ provider: 'beta' }),
])

/** Everything that is wrong with a text, alone or else against the catalogue. */
function problemsOf(text: string, overrides: RouterFileInput = {}): readonly string[] {
  const parsed = parseRouterConfig({ file: { name: 'r.yaml', text }, overrides })
  return parsed.ok ? parsed.config.problemsWith(catalog) : parsed.problems
}

function configOf(text: string, overrides: RouterFileInput = {}) {
  const parsed = parseRouterConfig({ file: { name: 'r.yaml', text }, overrides })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.config
}

describe('parseRouterConfig', () => {
  it.each([
    ['', '1:1 empty-file: the file is empty'],
    ['# nothing\n', '1:1 empty-file: '],
    ['listen: [', '1:10 yaml-syntax: '],
    ['seed: a\nseed: b', '2:1 duplicate-key: '],
    ['- a', '1:1 wrong-type: the document: expected keys and values, found a list'],
    ['version: 2', '1:10 unknown-value: '],
    ['lisen: {}', '1:1 unknown-key: unknown key "lisen"; did you mean "listen"?'],
    ['routing:', '1:1 wrong-type: routing: expected keys and values, found nothing'],
    ['listen:\n  port: 70000', '2:9 out-of-range: listen.port: '],
    ['listen: { port: "1" }', '1:17 wrong-type: listen.port: expected a number, found a string'],
    ['listen: { host: "" }', '1:17 out-of-range: listen.host: '],
    ['providers_url: ftp://x', '1:16 bad-format: providers_url: expected an http(s) address'],
    [
      'routing: { strategy: adaptiv }',
      '1:22 unknown-value: routing.strategy: "adaptiv" is not known; did you mean "adaptive"?',
    ],
    ['routing: { outage_error_ratio: 1.5 }', '1:32 out-of-range: '],
    ['routing: { max_attempts: 0 }', '1:26 out-of-range: '],
    ['routing: { sticky: { ttl: 5 } }', '1:22 unknown-key: unknown key "ttl"; known here: ttl_seconds'],
    ['limits: { body_bytes: -1 }', '1:23 out-of-range: '],
    ['limits: { idle_connections: 1.5 }', '1:29 wrong-type: '],
    ['deadlines: { attempt_ms: 3000000000 }', '1:26 out-of-range: '],
    [
      'deadlines: { attempt_ms: null }',
      '1:26 wrong-type: deadlines.attempt_ms: expected a number, found nothing',
    ],
    [
      'deadlines:\n  idle_ms: 70000\n  attempt_ms: 60000',
      '2:12 contradiction: deadlines.idle_ms: 70000 is more than deadlines.attempt_ms, which is 60000',
    ],
    ['deadlines: { first_token_ms: 900000 }', '1:30 contradiction: '],
    [
      'deadlines: { headers_ms: 70000 }',
      '1:26 contradiction: deadlines.headers_ms: 70000 is more than deadlines.first_token_ms',
    ],
    ['deadlines: { receive_headers_ms: 130000 }', '1:34 contradiction: '],
    ['deadlines: { connect_ms: 700, headers_ms: 600 }', '1:26 contradiction: '],
    ['deadlines: { connect_ms: 700, first_token_ms: 600 }', '1:26 contradiction: '],
    ['deadlines: { connect_ms: 700, unary_ms: 600 }', '1:26 contradiction: '],
    ['deadlines: { idle_ms: 100, stall_ms: 50 }', '1:23 contradiction: '],
    ['deadlines: { stall_ms: 700000 }', '1:24 contradiction: '],
    ['deadlines: { unary_ms: 700000 }', '1:24 contradiction: '],
    [
      'deadlines: { attempt_ms: 700000 }',
      '1:26 contradiction: deadlines.attempt_ms: 700000 is more than deadlines.request_ms, which is 600000',
    ],
    ['deadlines: { request_ms: -5 }', '1:26 out-of-range: '],
    ['queue: { max_concurrent: 0 }', '1:26 out-of-range: '],
    ['queue: { max_waiting: -1 }', '1:23 out-of-range: '],
    [
      'queue: { max_waiting: 5 }',
      '1:23 contradiction: queue.max_waiting has no effect without max_concurrent',
    ],
    [
      'queue: { max_concurrent: 5, max_wait_ms: 700000 }',
      '1:42 contradiction: queue.max_wait_ms: 700000 is more',
    ],
    [
      'queue: { max_concurrent: 5, providers: { beta: { max_concurrent: null, max_waiting: 1 } } }',
      '1:85 contradiction: queue.providers.beta.max_waiting has no effect',
    ],
    [
      'queue: { providers: { bet: { max_concurrent: 5 } } }',
      '1:23 unknown-provider: the catalogue has no provider "bet"; did you mean "beta"?',
    ],
    ['limits: { requests_under_way: 0 }', '1:31 out-of-range: '],
    ['deadlines: { drain_ms: -1 }', '1:24 out-of-range: '],
    ['health: { key_cool_down_ms: 700000 }', '1:29 contradiction: '],
    ['health: { refusal_cool_down_ms: 700000 }', '1:33 contradiction: '],
    ['health: { breaker: { open_ms: 70000 } }', '1:31 contradiction: '],
    ['health: { breaker: { errors_in_row: 0 } }', '1:37 out-of-range: '],
    ['health: { breaker: { error_ratio: 1.1 } }', '1:35 out-of-range: '],
    ['deadlines: { learned_first_token: { min_ms: 70000 } }', '1:45 contradiction: '],
    ['deadlines: { learned_first_token: { factor: 0.5 } }', '1:45 out-of-range: '],
    ['retry: { base_ms: 9000 }', '1:19 contradiction: retry.base_ms: 9000 is more than retry.cap_ms'],
    ['retry: { max_wait_ms: 700000 }', '1:23 contradiction: '],
    ['retry: { max_retries: -1 }', '1:23 out-of-range: '],
    ['retry: { budget: { reserve: 0 } }', '1:29 out-of-range: '],
    ['hedge: { max_share: 0.1 }', '1:8 contradiction: a hedge that never begins'],
    ['hedge: { after_ms: 61000 }', '1:20 contradiction: '],
    ['hedge: { after: p95 }', '1:17 unknown-value: '],
    ['rescue: on', '1:9 unknown-value: '],
    ['account: { models: [] }', '1:20 out-of-range: account.models: an empty list would allow nothing'],
    ['account: { credits_usd: -1 }', '1:25 bad-amount: '],
    ['account: { credits_usd: lots }', '1:25 bad-amount: '],
    [
      'account: { only: [alpha], ignore: [beta, Alpha] }',
      '1:42 contradiction: "alpha" is in only and in ignore',
    ],
    ['keys:\n  - { name: a, sha256: hunter2 }', '2:24 not-a-hash: keys[0].sha256: expected the SHA-256'],
    [`keys:\n  - { name: a, sha256: ${hash.toUpperCase()}B }`, '2:24 not-a-hash: '],
    ['keys:\n  - { name: a }', '2:5 missing-key: "sha256" is missing in keys[0]'],
    [`keys:\n${key('a', '1')}${key('a', '2')}`, '3:13 duplicate: "a" is in keys already'],
    [`keys:\n${key('a', '1')}${key('b', '1')}`, '3:24 duplicate: this key is in keys already'],
    [`keys:\n  - { name: a, sha256: ${hash}1, markup_percent: 1.005 }`, 'bad-amount: '],
    [
      `keys:\n  - { name: a, sha256: ${hash}1, expires: tomorrow }`,
      'bad-format: keys[0].expires: expected a time such as',
    ],
    [
      `keys:\n  - { name: a, sha256: ${hash}1, budget: { reset: daily } }`,
      'missing-key: "limit_usd" is missing',
    ],
    ['listen: { host: 0.0.0.0 }', '1:17 open-door: listening on 0.0.0.0 without keys'],
    ['listen: { host: "::" }', '1:17 open-door: '],
    ['listen: { host: router.internal }', '1:17 open-door: '],
    ['listen: { cors: true }', '1:17 open-door: with cors and without keys'],
    ['pools:\n  - { id: p, models: [acme/*] }\n  - { id: p, models: ["*"] }', '3:11 duplicate: '],
    ['pools:\n  - { id: p, models: [none/*] }', '2:22 unknown-model: the pool "p" matches no model'],
    ['pools:\n  - { id: acme/one, models: ["*"] }', '2:11 duplicate: "acme/one" is a model of the catalogue'],
    ['pools:\n  - { id: p, models: [] }', '2:22 out-of-range: '],
    [
      'aliases:\n  a: acme/on',
      '2:6 unknown-model: the catalogue has no model "acme/on"; did you mean "acme/one"?',
    ],
    ['aliases:\n  a: a', '2:6 contradiction: "a" stands for itself'],
    ['aliases:\n  a: b\n  b: a', '2:6 unknown-model: '],
    ['aliases:\n  acme/one: acme/one:nitro', '2:3 duplicate: "acme/one" is a model of the catalogue'],
    ['aliases: { p: acme/one }\npools: [{ id: p, models: ["*"] }]', '1:12 duplicate: "p" is a pool already'],
    ['rules:\n  - { name: r }', '2:5 empty-rule: the rule "r" changes nothing'],
    ['rules:\n  - { name: r, models: [acme/two] }', '2:25 unknown-model: '],
    [
      'rules:\n  - { name: r, provider: { order: [alfa] } }',
      '2:36 unknown-provider: the catalogue has no provider "alfa"; known here: alpha, beta',
    ],
    ['rules:\n  - { name: r, provider: { order: alpha } }', '2:26 bad-provider: provider.order: '],
    ['rules:\n  - { name: r, provider: { ordr: [alpha] } }', '2:26 unknown-key: provider.ordr has no effect'],
    ['account: { ignore: [gamma] }', '1:21 unknown-provider: '],
    ['account: { models: [none/*] }', '1:21 unknown-model: "none/*" matches no model'],
    ['account: { regions: [us] }', '1:22 unknown-region: no endpoint of the catalogue is in the region "us"'],
    [`keys:\n  - { name: a, sha256: ${hash}1, only: [gamma] }`, 'unknown-provider: '],
  ])('refuses %j at its place', (text, problem) => {
    const [first, ...others] = problemsOf(text)
    expect(first).toContain(problem)
    expect(first).toMatch(/^r\.yaml:\d+:\d+ /)
    expect(others.length).toBeLessThan(2)
  })

  it.each([
    ['keys:\n  - { name: a, sha256: SECRET }', '2:24 secret: this is a key, not its hash'],
    ['api_key: SECRET', '1:10 secret: '],
    ['providers_url: http://user:SECRET@host', '1:16 secret: '],
    ['routing: { strategy: SECRET }', '1:22 secret: '],
    ['rules: [{ name: SECRET, provider: {} }]', '1:17 secret: '],
    ['records: { journal: SECRET }', '1:21 secret: '],
  ])('refuses a key in %j and does not repeat it', (text, problem) => {
    for (const secret of ['sk-or-v1-0123456789abcdef', 'gsk_0123456789abcdefghij', 'Zx81'.repeat(10)]) {
      const problems = problemsOf(text.replace('SECRET', secret)).join('\n')
      expect(problems).toContain(problem)
      expect(problems).not.toContain(secret)
    }
  })

  it('tells all problems at once, in order of their places', () => {
    const text = 'listen: { prt: 1 }\nlimits: { body_bytes: 0 }\nrouting: { max_models: x }'
    expect(problemsOf(text).map(problem => problem.split(' ')[0])).toEqual([
      'r.yaml:1:11',
      'r.yaml:2:23',
      'r.yaml:3:24',
    ])
  })

  it('lets the command line win, and says when that is what is wrong', () => {
    const config = configOf('listen: { port: 1 }\nseed: a', { listen: { port: 2 } })
    expect(config.values.listen.port).toBe(2)
    expect(config.originOf(['listen', 'port'])).toBe('command line')
    expect(config.originOf(['seed'])).toBe('file')
    expect(config.originOf(['listen', 'host'])).toBe('default')
    expect(problemsOf('seed: a', { listen: { host: '0.0.0.0' } })).toEqual([
      expect.stringMatching(/^command line open-door: /),
    ])
    const none = parseRouterConfig({ file: null, overrides: { listen: { host: '0.0.0.0' } } })
    expect(none.ok ? [] : none.problems).toHaveLength(1)
  })

  it('does not hold a default against a value', () => {
    expect(problemsOf('deadlines: { attempt_ms: 1000 }')).toEqual([])
    expect(problemsOf('health: { max_cool_down_ms: 1000 }')).toEqual([])
  })

  it.each([
    `listen: { host: 0.0.0.0, cors: true }\nkeys:\n${key('a', '1')}`,
    'listen: { cors: true }\nproviders_url: http://127.0.0.1:1',
    'listen: { host: 127.5.5.5 }',
    'listen: { host: localhost }',
    'listen: { host: "::1" }',
    'aliases: { a: b, b: "acme/one:floor" }',
    'rules: [{ name: r, models: [a], provider: { ignore: [beta] } }]\naliases: { a: acme/one }',
    'account: { regions: [eu] }',
    'queue: { max_waiting: 5, providers: { Beta: { max_concurrent: 2 } } }',
    'queue: { max_waiting: 100 }',
  ])('takes %j', text => {
    expect(problemsOf(text)).toEqual([])
  })
})

describe('settingsOf', () => {
  it('gives the defaults of the router for a file that changes nothing', () => {
    expect(settingsOf(configOf('version: 1').values)).toEqual(defaultRouterSettings)
  })

  it('brings every name and unit into the form of the router', () => {
    const text = readFileSync(new URL('../../../examples/router.yaml', import.meta.url), 'utf8')
    const { callers, tables, account } = settingsOf(configOf(text).values)
    expect(callers.keys[0]).toEqual({
      name: 'ci',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      kind: 'inference',
      budget: { limit: 25_000_000_000_000n, reset: 'monthly' },
      requestsPerMinute: 120,
      rules: { ...account, models: ['openai/*', 'meta-llama/*'], denyDataCollection: true },
      markupBasisPoints: 250,
      expiresAtMs: Date.UTC(2027, 11, 31, 23, 59, 59),
      disabled: false,
    })
    expect(tables.aliases.get('cheap')).toBe('meta-llama/llama-3.3-70b-instruct:floor')
    expect(tables.rules[0]?.when).toEqual({ task: ['classification'], latencyBudgetMs: 500, models: [] })
  })

  it('bounds a learned deadline by the one for all endpoints', () => {
    const learned = (text: string) => settingsOf(configOf(text).values).learnedFirstToken
    expect(learned('seed: a')).toBeNull()
    expect(learned('deadlines: { learned_first_token: {}, first_token_ms: 5000 }')).toMatchObject({
      factor: 3,
      maxMs: 5_000,
    })
    expect(learned('deadlines: { learned_first_token: {}, first_token_ms: null }')).toMatchObject({
      maxMs: 600_000,
    })
  })

  it('knows the settings that a file changes', () => {
    const values = configOf(
      [
        'listen: { cors: true }',
        'providers_url: http://127.0.0.1:1',
        'routing: { sticky: { ttl_seconds: 5, mode: cache, within_order: true }, max_models: 3 }',
        'deadlines: { headers_ms: 10, first_token_ms: null, stall_ms: 40, unary_ms: 50, request_ms: null }',
        'limits: { body_bytes: 1, unsent_bytes: 2, idle_connections: 3, requests_under_way: 4 }',
        'queue: { max_concurrent: 5, max_waiting: 6, providers: { Beta: { max_concurrent: null }, x: { max_wait_ms: 7 } } }',
        'account: { credits_usd: 12.5, zdr: true }',
        'retry: { max_retries: 0, budget: { per_request: 0.2 } }',
        'hedge: { after: p99, max_share: 0.1 }',
        'rescue: resume',
        'health: { breaker: { open_ms: 10 }, refusals_before_cool_down: 7 }',
      ].join('\n'),
    ).values
    expect(settingsOf(values)).toMatchObject({
      policy: { stickyTtlMs: 5000, stickyTtl: 'cache', stickyWithinOrder: true },
      maxModels: 3,
      headersTimeoutMs: 10,
      firstTokenTimeoutMs: null,
      stallTimeoutMs: 40,
      unaryTimeoutMs: 50,
      retry: { maxRetries: 0, baseMs: 500 },
      retryBudget: { perRequest: 0.2, reserve: 10 },
      hedge: { after: 'p99', afterMs: null, maxShare: 0.1 },
      rescue: 'resume',
      health: { breaker: { openMs: 10, errorsInRow: 3 }, refusalsBeforeCoolDown: 7 },
      requestTimeoutMs: null,
      maxBodyBytes: 1,
      maxUnsentBytes: 2,
      maxIdleConnections: 3,
      maxRequestsUnderWay: 4,
      queues: {
        everyProvider: { maxConcurrent: 5, maxWaiting: 6, maxWaitMs: 10_000 },
        providers: new Map([
          ['beta', { maxConcurrent: null, maxWaiting: 6, maxWaitMs: 10_000 }],
          ['x', { maxConcurrent: 5, maxWaiting: 6, maxWaitMs: 7 }],
        ]),
      },
      allowAnyOrigin: true,
      upstreamIsSimulated: true,
      account: { denyRetention: true },
      callers: { credits: 12_500_000_000_000n },
    })
  })
})
