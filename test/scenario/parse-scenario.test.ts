import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../src/core/index.ts'
import { parseScenario, type Scenario } from '../../src/scenario/index.ts'

const minimal = `name: a
arms:
  - name: one
    model: m/x
workload: { kind: builtin, set: brief, requests: 12 }
arrivals: { kind: constant, rate_per_second: 1 }
`

function problemsOf(text: string): readonly string[] {
  const parsed = parseScenario({ file: 's.yaml', text })
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

function scenarioOf(text: string): Scenario {
  const parsed = parseScenario({ file: 's.yaml', text })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.scenario
}

/** The minimal file with further lines, which begin at line 7. */
function minimalAnd(lines: string): string {
  return minimal + lines
}

const mistakes: readonly (readonly [name: string, text: string, problems: readonly string[]])[] = [
  ['an empty file', '', ['s.yaml:1:1 empty-file: the file is empty']],
  ['a file of comments', '# nothing\n', ['s.yaml:1:1 empty-file: the file is empty']],
  [
    'a file that is a list',
    '- name: a\n',
    ['s.yaml:1:1 wrong-type: the document: expected keys and values, found a list'],
  ],
  [
    'a misspelt key, with a suggestion',
    minimalAnd('sead: 3\n'),
    ['s.yaml:7:1 unknown-key: unknown key "sead"; did you mean "seed"?'],
  ],
  [
    'a misspelt key inside one kind of workload, by that kind alone',
    minimal.replace('requests: 12', 'requests: 12, request: 1, max_turns: 2'),
    [
      's.yaml:5:54 unknown-key: unknown key "request"; did you mean "requests"?',
      's.yaml:5:66 unknown-key: unknown key "max_turns"; known here: kind, set, requests',
    ],
  ],
  [
    'an unknown kind',
    minimal.replace('kind: builtin', 'kind: builtn'),
    ['s.yaml:5:19 unknown-value: workload.kind: "builtn" is not known; did you mean "builtin"?'],
  ],
  [
    'a missing kind, at the map that lacks it',
    minimal.replace('kind: builtin, ', ''),
    ['s.yaml:5:11 missing-key: "kind" is missing in workload'],
  ],
  [
    'missing sections, at the start of the file',
    'name: a\n',
    [
      's.yaml:1:1 missing-key: "arms" is missing',
      's.yaml:1:1 missing-key: "workload" is missing',
      's.yaml:1:1 missing-key: "arrivals" is missing',
    ],
  ],
  [
    'no arms',
    minimal.replace('  - name: one\n    model: m/x\n', '').replace('arms:', 'arms: []'),
    ['s.yaml:2:7 out-of-range: arms: too small: expected array to have >=1 items'],
  ],
  [
    'arms of one name, at the later one',
    minimal.replace('workload', '  - { name: one, model: m/y }\nworkload'),
    ['s.yaml:5:13 duplicate-arm: another arm is named "one"'],
  ],
  [
    'numbers that are none, as the file writes them',
    minimalAnd('request: { timeout_ms: .nan }\nbudget: { max_seconds: -.inf }\n'),
    [
      's.yaml:7:24 wrong-type: request.timeout_ms: expected a number, found .nan',
      's.yaml:8:24 wrong-type: budget.max_seconds: expected a number, found -.inf',
    ],
  ],
  [
    'times that no timer can keep',
    minimalAnd(
      'request: { timeout_ms: 2147483648 }\nrouter: { attempt_timeout_ms: 1e10, first_token_timeout_ms: 1e10 }\nbudget: { max_seconds: 2147484 }\n',
    ),
    [
      's.yaml:7:24 out-of-range: request.timeout_ms: too big: expected number to be <=2147483647',
      's.yaml:8:31 out-of-range: router.attempt_timeout_ms: too big: expected number to be <=2147483647',
      's.yaml:8:61 out-of-range: router.first_token_timeout_ms: too big: expected number to be <=2147483647',
      's.yaml:9:24 out-of-range: budget.max_seconds: too big: expected number to be <=2147483',
    ],
  ],
  [
    'more requests than fit into memory',
    minimal.replace(/requests: \d+/, 'requests: 1000001'),
    [expect.stringMatching(/out-of-range: workload\.requests: too big: expected number to be <=1000000/)],
  ],
  ['a key twice', minimalAnd('name: b\n'), ['s.yaml:7:1 duplicate-key: Map keys must be unique']],
  [
    'a target that is neither known nor a map',
    minimal.replace('model: m/x', 'model: m/x\n    target: simulatd'),
    ['s.yaml:5:13 unknown-value: arms[0].target: "simulatd" is not known; did you mean "simulated"?'],
  ],
  [
    'a target without a URL',
    minimal.replace('model: m/x', 'model: m/x\n    target: { url: "http://a" }'),
    [
      's.yaml:5:13 missing-key: "base_url" is missing in arms[0].target',
      's.yaml:5:15 unknown-key: unknown key "url"; known here: base_url, api_key_env',
    ],
  ],
  [
    'a key in place of the name of its variable, without repeating it',
    minimal.replace('model: m/x', 'model: m/x\n    target: { base_url: "http://a/v1", api_key_env: sk-123 }'),
    [
      's.yaml:5:53 bad-format: arms[0].target.api_key_env: name an environment variable; never write the key itself',
    ],
  ],
  ...['ftp://a', 'nowhere', 'http://user:secret@a/v1', 'http://a/v1?key=secret'].map(
    url =>
      [
        `the base URL ${url}, without repeating it`,
        minimal.replace('model: m/x', `model: m/x\n    target: { base_url: "${url}" }`),
        ['s.yaml:5:25 bad-url: base_url: write an http or https URL without user, query and fragment'],
      ] as const,
  ),
  [
    'parameters that the plan sets itself',
    minimalAnd('request: { parameters: { messages: [], stream: true } }\n'),
    [
      's.yaml:7:26 reserved-parameter: messages is not a parameter: messages come from the workload',
      's.yaml:7:40 reserved-parameter: stream is not a parameter: streaming is set by `request.stream`',
    ],
  ],
  [
    'an expression that does not compile',
    minimalAnd('checks:\n  - kind: regex\n    pattern: "("\n'),
    ['s.yaml:9:14 bad-regex: Invalid regular expression: /(/: Unterminated group'],
  ],
  [
    'a JSON Schema that ajv refuses',
    minimalAnd('checks:\n  - kind: json_schema\n    schema: { type: objekt }\n'),
    [
      's.yaml:9:13 bad-json-schema: schema is invalid: data/type must be equal to one of the allowed values, data/type must be array, data/type must match a schema in anyOf',
    ],
  ],
  [
    'a JSON Schema with a misspelt keyword',
    minimalAnd('checks:\n  - { kind: json_schema, schema: { type: object, requird: [a] } }\n'),
    ['s.yaml:8:34 bad-json-schema: strict mode: unknown keyword: "requird"'],
  ],
  [
    'a fault that ends before it starts',
    minimalAnd(
      'simulation:\n  faults:\n    - { kind: outage, provider: p, from_seconds: 5, to_seconds: 4 }\n',
    ),
    ['s.yaml:9:65 fault-window: the fault ends at 4 s, which is not after its start at 5 s'],
  ],
  [
    'a fault kind that is misspelt',
    minimalAnd('simulation: { faults: [{ kind: stal, provider: p }] }\n'),
    ['s.yaml:7:32 unknown-value: simulation.faults[0].kind: "stal" is not known; did you mean "stall"?'],
  ],
  [
    'flapping that cannot be',
    minimalAnd(
      'simulation:\n  faults:\n    - { kind: stall, provider: p, on_seconds: 3 }\n    - { kind: stall, provider: p, period_seconds: 2, on_seconds: 3 }\n',
    ),
    [
      's.yaml:9:47 fault-flapping: on_seconds needs period_seconds',
      's.yaml:10:66 fault-flapping: the fault is on for 3 s of a period of 2 s',
    ],
  ],
  [
    'regimes without a course, with two, and with steps out of order',
    minimalAnd(
      'simulation:\n  regimes:\n    - { provider: p }\n    - { provider: p, mean_seconds: { healthy: 1 }, script: [] }\n    - { provider: p, script: [{ at_seconds: 5, regime: down }, { at_seconds: 5, regime: slow }] }\n',
    ),
    [
      's.yaml:9:7 regime-course: a regime is given either by mean_seconds or by a script',
      's.yaml:10:7 regime-course: a regime is given either by mean_seconds or by a script',
      's.yaml:11:78 regime-course: the steps of a script need rising times: 5 s comes after 5 s',
    ],
  ],
  [
    'a price change that names no price',
    minimalAnd('simulation: { changes: [{ kind: price, provider: p, at_seconds: 1 }] }\n'),
    ['s.yaml:7:25 change-of-nothing: a price change names at least one price'],
  ],
  [
    'a ratio beyond 1 and a status that is no error',
    minimalAnd('simulation: { faults: [{ kind: status, provider: p, ratio: 2, status: 200 }] }\n'),
    [
      's.yaml:7:60 out-of-range: simulation.faults[0].ratio: too big: expected number to be <=1',
      's.yaml:7:71 out-of-range: simulation.faults[0].status: too small: expected number to be >=400',
    ],
  ],
  [
    'faults where nothing is simulated',
    minimal.replace('model: m/x', 'model: m/x\n    target: router') +
      'simulation: { faults: [{ kind: outage, provider: p }] }\n',
    [
      's.yaml:8:23 faults-without-simulation: faults happen at simulated providers, and no arm has the target simulated',
    ],
  ],
  ...['1.2.3', '-1', '0', '"1e-13"', 'free'].map(
    amount =>
      [
        `a budget of ${amount}`,
        minimalAnd(`budget: { max_usd: ${amount} }\n`),
        [
          's.yaml:7:20 bad-money: budget.max_usd: write a positive decimal amount of USD, such as 0.25 (at most 12 places)',
        ],
      ] as const,
  ),
  [
    'a warm-up as long as the run',
    minimalAnd('phases: { warmup_seconds: 10, cooldown_seconds: 2 }\n'),
    [
      's.yaml:7:1 phases-too-long: warm-up and cool-down take 12 s of a run of 12.0 s: nothing is left to measure',
    ],
  ],
  [
    'a warm-up of all items',
    minimalAnd('phases: { warmup_items: 12 }\n'),
    ['s.yaml:7:1 phases-too-long: warm-up and cool-down take 12 of 12 items: nothing is left to measure'],
  ],
  [
    'phases by time in a closed loop',
    minimal.replace('kind: constant, rate_per_second: 1', 'kind: closed, concurrency: 2') +
      'phases: { warmup_seconds: 1 }\n',
    ['s.yaml:7:11 phases-need-times: closed arrivals have no due times; use warmup_items'],
  ],
  [
    'recorded arrivals of a workload without timestamps',
    minimal.replace('kind: constant, rate_per_second: 1', 'kind: recorded'),
    [
      's.yaml:6:19 recorded-without-timestamps: recorded arrivals need a prompt file with timestamp_ms; a builtin workload has no start times',
    ],
  ],
  [
    'an empty section, at its key',
    minimalAnd('budget:\n'),
    ['s.yaml:7:1 wrong-type: budget: expected keys and values, found nothing'],
  ],
  [
    'a seed that is a list',
    minimalAnd('seed: []\n'),
    ['s.yaml:7:7 wrong-type: seed: expected a string or a number, found a list'],
  ],
  [
    'a value behind an alias, where the alias stands',
    minimalAnd('request: { max_tokens: &many lots }\nbudget: { max_seconds: *many }\n'),
    [
      's.yaml:7:30 wrong-type: request.max_tokens: expected a number, found a string',
      's.yaml:8:24 wrong-type: budget.max_seconds: expected a number, found a string',
    ],
  ],
]

describe('parseScenario', () => {
  it.each(mistakes)('reports %s', (_name, text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  it('reports every syntax error of a text that is not YAML, and nothing else', () => {
    const problems = problemsOf('name: "a\narms: [1, }\nsead: 1\n')
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.every(problem => /^s\.yaml:\d+:\d+ yaml-syntax: /.test(problem))).toBe(true)
  })

  it('survives aliases that would not fit in memory', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, `.repeat(12)}]`,
    )
    expect(problemsOf(bomb.join('\n'))[0]).toMatch(/^s\.yaml:1:1 yaml-syntax: /)
  })

  it('reports mistakes of every kind at once, in order of their places', () => {
    const text = `name: Bad Name
arms:
  - { name: one, model: 7, parameters: { model: x } }
  - { name: one, model: m/x, target: { base_url: "ftp://a" } }
workload: { kind: builtin, set: brief, requests: 0 }
arrivals: { kind: recorded, sped: 2 }
checks:
  - { kind: regex, pattern: "[", flags: g }
budget: { max_usd: lots }
labels: { a: 1 }
`
    expect(problemsOf(text).map(problem => problem.split(': ')[0])).toEqual([
      's.yaml:1:7 bad-format',
      's.yaml:3:25 wrong-type',
      's.yaml:3:42 reserved-parameter',
      's.yaml:4:13 duplicate-arm',
      's.yaml:4:50 bad-url',
      's.yaml:5:50 out-of-range',
      's.yaml:6:19 recorded-without-timestamps',
      's.yaml:6:29 unknown-key',
      's.yaml:8:29 bad-regex',
      's.yaml:8:41 bad-format',
      's.yaml:9:20 bad-money',
      's.yaml:10:14 wrong-type',
    ])
  })

  it('fills in every default', () => {
    expect(scenarioOf(minimal)).toEqual({
      version: 1,
      name: 'a',
      description: '',
      seed: '1',
      arms: [{ name: 'one', model: 'm/x', target: { kind: 'simulated' }, parameters: {}, sessionId: true }],
      workload: { kind: 'builtin', set: 'brief', requests: 12 },
      arrivals: { kind: 'constant', ratePerSecond: 1 },
      phases: { warmupSeconds: 0, cooldownSeconds: 0, warmupItems: 0, cooldownItems: 0 },
      request: { maxTokens: null, stream: true, timeoutMs: 120_000, parameters: {} },
      checks: [],
      simulation: {
        speed: 1,
        faults: [],
        regimes: [],
        changes: [],
        catalogFiles: [],
        calibrationFiles: [],
        log: false,
      },
      router: { stickyTtlSeconds: 600, attemptTimeoutMs: 60_000, firstTokenTimeoutMs: 30_000 },
      budget: { maxUsd: null, maxSeconds: null },
      labels: {},
    } satisfies Scenario)
  })

  it.each([
    ['0.50', '0.5'],
    ['"2e-3"', '0.002'],
    ['3', '3'],
    ['1e-7', '0.0000001'],
  ])('keeps a budget of %s as the exact amount %s', (written, kept) => {
    expect(scenarioOf(minimalAnd(`budget: { max_usd: ${written} }\n`)).budget.maxUsd).toBe(kept)
  })

  it('takes a whole number as a seed', () => {
    expect(scenarioOf(minimalAnd('seed: 42\n')).seed).toBe('42')
  })

  it('drops slashes at the end of a base URL', () => {
    const text = minimal.replace(
      'model: m/x',
      'model: m/x\n    target: { base_url: "http://127.0.0.1:1/v1//" }',
    )
    expect(scenarioOf(text).arms[0]?.target).toEqual({
      kind: 'url',
      baseUrl: 'http://127.0.0.1:1/v1',
      apiKeyEnv: null,
    })
  })
})

describe('parseScenario of a file with very many mistakes', () => {
  const keys = Array.from({ length: 300_000 }, (_, index) => `key${index}: 1\n`).join('')

  it('tells the first hundred and counts the rest, in seconds', () => {
    const problems = problemsOf(minimalAnd(keys))
    expect(problems).toHaveLength(101)
    expect(problems[0]).toMatch(/^s\.yaml:7:1 unknown-key: unknown key "key0"/)
    expect(problems[100]).toBe('s.yaml:106:1 more-problems: and 299900 more problems from here on')
  }, 10_000)
})
