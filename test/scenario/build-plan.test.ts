import { existsSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng, formatProblem, UserError } from '../../src/core/index.ts'
import {
  buildPlan,
  type Plan,
  type PlannedRequest,
  parseScenario,
  parseSessions,
  renderMessages,
  requiredFiles,
  type Scenario,
} from '../../src/scenario/index.ts'

const defaults = {
  name: 'test',
  arms: '[{ name: a, model: m/x }, { name: b, model: m/x }]',
  workload: '{ kind: builtin, set: quickstart, requests: 40 }',
  arrivals: '{ kind: constant, rate_per_second: 10 }',
}

function scenarioOf(keys: Readonly<Record<string, string>> = {}): Scenario {
  const lines = Object.entries({ ...defaults, ...keys }).map(([key, value]) => `${key}: ${value}\n`)
  const parsed = parseScenario({ file: 's.yaml', text: lines.join('') })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.scenario
}

function planOf(keys: Readonly<Record<string, string>> = {}, text = ''): Plan {
  const scenario = scenarioOf(keys)
  const files = new Map(requiredFiles(scenario).map(name => [name, text]))
  return buildPlan({ scenario, files, rng: createRng(scenario.seed) })
}

function errorOf(keys: Readonly<Record<string, string>>, text = ''): UserError {
  try {
    planOf(keys, text)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('there was no error')
}

function promptText(request: PlannedRequest): string {
  return renderMessages(request)
    .map(message => message.content)
    .join('\n')
}

const prompts = (...lines: readonly object[]) => lines.map(line => JSON.stringify(line)).join('\n')
const promptFile = '{ kind: prompts, file: p.jsonl }'

/** A session of prompts with these lengths; each begins with as much of the one before as it can. */
const session = (id: string, inputs: readonly number[]) =>
  JSON.stringify({
    id,
    tool_tokens: 20,
    system_tokens: 20,
    requests: inputs.map((input, i) => ({
      t: i,
      in: input,
      out: 50 * i,
      cached: Math.min(inputs[i - 1] ?? 0, input),
      think_s: 10 * i,
    })),
  })

describe('buildPlan', () => {
  it('gives the same bytes for the same file and seed, and another plan for another seed', () => {
    fc.assert(
      fc.property(fc.integer(), seed => {
        const keys = { seed: String(seed), arrivals: '{ kind: poisson, rate_per_second: 5 }' }
        expect(JSON.stringify(planOf(keys))).toBe(JSON.stringify(planOf(keys)))
        expect(planOf(keys).hash).not.toBe(planOf({ ...keys, seed: String(seed + 1) }).hash)
      }),
      { numRuns: 20 },
    )
  })

  it('does not draw from the generator it is given', () => {
    const rng = createRng('x')
    const scenario = scenarioOf()
    const files = new Map<string, string>()
    expect(buildPlan({ scenario, files, rng }).hash).toBe(buildPlan({ scenario, files, rng }).hash)
    expect(rng.next()).toBe(createRng('x').next())
  })

  it('numbers the requests, and orders them by due time', () => {
    const { requests } = planOf({ arrivals: '{ kind: poisson, rate_per_second: 5 }' })
    expect(requests.map(request => request.index)).toEqual(requests.map((_, index) => index))
    const due = requests.flatMap(request => request.dueNs ?? [])
    expect(due).toEqual(due.toSorted((a, b) => a - b))
  })

  it('plays each item once per arm, the arms next to each other in both orders', () => {
    const { requests } = planOf()
    const items = Map.groupBy(requests, request => request.itemId)
    expect(items.size).toBe(40)
    const singles = [...items.values()].filter(([first]) => first?.session === null)
    const orders = singles.map(pair => pair.map(request => request.arm).join(''))
    expect(new Set(orders)).toEqual(new Set(['ab', 'ba']))
    expect(singles.every(([one, two]) => one && two && two.index === one.index + 1)).toBe(true)
    expect([...items.values()].every(([one, two]) => one?.phase === two?.phase)).toBe(true)
  })

  it('plays a set again under new ids until the number of requests is reached', () => {
    const { requests } = planOf({
      arms: '[{ name: a, model: m/x }]',
      workload: '{ kind: builtin, set: quickstart, requests: 95 }',
    })
    expect(requests).toHaveLength(95)
    expect(new Set(requests.map(request => request.itemId)).size).toBe(95)
    expect(requests.filter(request => request.itemId.endsWith('#3'))).toHaveLength(15)
  })

  it('lets only the first turn of a conversation be due by the clock, and keeps the turns in order', () => {
    const { requests } = planOf()
    const turns = requests.filter(request => request.session !== null)
    const sessions = Map.groupBy(turns, request => request.session?.id)
    const names = ['parcel', 'repair', 'tent', 'voucher']
    expect(new Set(sessions.keys())).toEqual(
      new Set(['a', 'b'].flatMap(arm => names.map(name => `${arm}-chat-${name}`))),
    )
    for (const played of sessions.values()) {
      expect(played.map(request => request.session?.turn)).toEqual([0, 1, 2])
      expect(played.map(request => request.dueNs === null)).toEqual([false, true, true])
      expect(new Set(played.map(request => request.phase)).size).toBe(1)
    }
  })

  it('sends a session id of its own for each arm, or none where the arm says so', () => {
    const arms = '[{ name: a, model: m/x }, { name: b, model: m/x, session_id: false }]'
    const turns = planOf({ arms }).requests.filter(request => request.session !== null)
    for (const { arm, session: played, parameters } of turns) {
      expect(parameters['session_id']).toBe(arm === 'a' ? played?.id : undefined)
    }
  })

  it('keeps the prompts of arms apart that could share a prompt cache, from the first bytes on', () => {
    const pairs = Map.groupBy(planOf().requests, request => request.itemId)
    for (const [one, two] of pairs.values()) {
      const [a, b] = [one, two].map(request => (request ? promptText(request) : ''))
      expect(a?.slice(0, 16)).not.toBe(b?.slice(0, 16))
      expect(a?.slice(16)).toBe(b?.slice(16))
    }
  })

  it('sends prompts as they are where no cache is shared', () => {
    const arms = '[{ name: a, model: m/x }, { name: b, model: m/y }, { name: c, model: m/x, target: router }]'
    const { requests } = planOf({ arms }, '')
    const items = Map.groupBy(requests, request => request.itemId)
    for (const played of items.values()) expect(new Set(played.map(promptText)).size).toBe(1)
    expect(requests.flatMap(request => request.messages).every(({ parts }) => parts.length === 1)).toBe(true)
  })

  it('lets the arm override the item, and the item the request section', () => {
    const arms = '[{ name: a, model: m/x, parameters: { top_p: 3 } }]'
    const request = '{ max_tokens: 9, parameters: { top_p: 1, seed: 1, temperature: 1 } }'
    const text = prompts({ prompt: 'x', parameters: { top_p: 2, seed: 2 } }, { prompt: 'y', max_tokens: 4 })
    const { requests } = planOf({ arms, request, workload: promptFile }, text)
    expect(requests.map(({ parameters }) => parameters)).toEqual([
      { max_tokens: 9, top_p: 3, seed: 2, temperature: 1 },
      { max_tokens: 4, top_p: 3, seed: 1, temperature: 1 },
    ])
  })

  it('applies the checks of the scenario and those of the item', () => {
    const checks = '[{ kind: contains, value: x }]'
    const text = prompts({ prompt: 'x', checks: [{ kind: 'exact', value: 'xy' }] })
    expect(planOf({ checks, workload: promptFile }, text).requests[0]?.checks).toEqual([
      { kind: 'contains', value: 'x' },
      { kind: 'exact', value: 'xy' },
    ])
  })

  it('gives a closed loop its concurrency and no due times', () => {
    const plan = planOf({ arrivals: '{ kind: closed, concurrency: 3 }', phases: '{ warmup_items: 2 }' })
    expect(plan.release).toEqual({ kind: 'closed', concurrency: 3 })
    expect(plan.requests.every(request => request.dueNs === null)).toBe(true)
    const warm = plan.requests.filter(request => request.phase === 'warmup')
    expect(new Set(warm.map(request => request.session?.id.slice(2) ?? request.itemId)).size).toBe(2)
  })

  it('plays recorded timestamps in their order, from the earliest on', () => {
    const text = prompts(
      { id: 'late', prompt: 'x', timestamp_ms: 5000 },
      { id: 'early', prompt: 'x', timestamp_ms: 3000 },
      { id: 'mid/1', prompt: 'x', timestamp_ms: 4000, session_id: 'mid' },
      { id: 'mid/2', prompt: 'x', session_id: 'mid', think_ms: 7 },
    )
    const arms = '[{ name: a, model: m/x }]'
    const { requests } = planOf(
      { arms, workload: promptFile, arrivals: '{ kind: recorded, speed: 2 }' },
      text,
    )
    expect(requests.map(request => [request.itemId, request.dueNs, request.session?.thinkMs])).toEqual([
      ['early', 0, undefined],
      ['mid/1', 500_000_000, 0],
      ['mid/2', null, 7],
      ['late', 1_000_000_000, undefined],
    ])
  })

  it('plays recorded sessions with think times sped up and outputs capped', () => {
    const workload =
      '{ kind: sessions, file: s.jsonl, sessions: 1, max_turns: 3, think_speed: 4, max_think_seconds: 4, max_output_tokens: 80 }'
    const { requests } = planOf(
      { workload, arms: '[{ name: a, model: m/x }]' },
      session('one', [100, 200, 300, 400]),
    )
    expect(
      requests.map(({ itemId, session: played, parameters }) => [itemId, played?.thinkMs, parameters]),
    ).toEqual([
      ['one/0', 0, { max_tokens: 1, session_id: 'a-one' }],
      ['one/1', 2500, { max_tokens: 50, session_id: 'a-one' }],
      ['one/2', 4000, { max_tokens: 80, session_id: 'a-one' }],
    ])
    expect(requests.map(request => promptText(request).replaceAll('\n', '').length)).toEqual([400, 800, 1200])
  })

  it('ends a session before its first prompt that is too long, and draws among those that are left', () => {
    const text = ['a', 'b', 'c', 'd']
      .map((id, i) => session(id, i % 2 ? [500, 90] : [100, 200, 300]))
      .join('\n')
    const workload = '{ kind: sessions, file: s.jsonl, sessions: 2, max_input_tokens: 250 }'
    const { requests } = planOf({ workload }, text)
    expect(new Set(requests.map(request => request.itemId))).toEqual(new Set(['a/0', 'a/1', 'c/0', 'c/1']))
  })

  it('draws other sessions for another seed', () => {
    const text = Array.from({ length: 50 }, (_, i) => session(`s${i}`, [100])).join('\n')
    const workload = '{ kind: sessions, file: s.jsonl, sessions: 5 }'
    const drawn = (seed: string) =>
      new Set(planOf({ workload, seed }, text).requests.map(request => request.itemId))
    expect(drawn('1')).not.toEqual(drawn('2'))
  })

  it.each([
    ['a bad line', { workload: promptFile }, '{"prompt":1}', 'E_TRACE_INVALID', 'p.jsonl:1:11 wrong-type'],
    [
      'a line without the timestamp that recorded arrivals need',
      { workload: promptFile, arrivals: '{ kind: recorded }' },
      prompts({ prompt: 'x', timestamp_ms: 1 }, { prompt: 'y' }),
      'E_TRACE_INVALID',
      'p.jsonl:2:1 missing-timestamp',
    ],
    [
      'recorded arrivals that would have to be played twice',
      { workload: '{ kind: prompts, file: p.jsonl, requests: 3 }', arrivals: '{ kind: recorded }' },
      prompts({ prompt: 'x', timestamp_ms: 1 }),
      'E_SCENARIO_INVALID',
      undefined,
    ],
    [
      'fewer sessions than asked for',
      { workload: '{ kind: sessions, file: s.jsonl, sessions: 2 }' },
      session('a', [10]),
      'E_SCENARIO_INVALID',
      undefined,
    ],
    [
      'a file that is shorter than the warm-up',
      { workload: promptFile, phases: '{ warmup_items: 1 }' },
      prompts({ prompt: 'x' }),
      'E_SCENARIO_INVALID',
      undefined,
    ],
  ])('throws for %s', (...[, keys, text, code, problem]) => {
    const error = errorOf(keys, text)
    expect(error.code).toBe(code)
    expect(error.problems[0]?.split(': ')[0]).toBe(problem)
  })
})

const recorded = new URL('../../../shared/data/kv-cache-tester/sessions.jsonl', import.meta.url)

describe.skipIf(!existsSync(recorded))(
  'buildPlan on recorded coding sessions (skipped where the data is absent)',
  () => {
    const text = existsSync(recorded) ? readFileSync(recorded, 'utf8') : ''

    it('reads all sessions of the file', () => {
      const parsed = parseSessions({ file: 'sessions.jsonl', text })
      expect(
        parsed.ok && [parsed.sessions.length, parsed.sessions.flatMap(({ requests }) => requests).length],
      ).toEqual([338, 20_862])
    })

    it('plans scenarios/agentic-coding.yaml with prompts of exactly the recorded lengths', () => {
      const file = new URL('../../scenarios/agentic-coding.yaml', import.meta.url)
      const parsed = parseScenario({ file: 'agentic-coding.yaml', text: readFileSync(file, 'utf8') })
      if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
      const { scenario } = parsed
      const files = new Map(requiredFiles(scenario).map(name => [name, text]))
      const { requests } = buildPlan({ scenario, files, rng: createRng(scenario.seed) })
      const sessions = new Set(requests.map(request => request.session?.id))
      expect(sessions.size).toBe(60)
      const all = parseSessions({ file: 'sessions.jsonl', text })
      const lengths = new Map<string, number>(
        (all.ok ? all.sessions : []).flatMap(({ id, requests: turns }) =>
          turns.map(({ inputTokens }, turn) => [`${id}/${turn}`, inputTokens] as const),
        ),
      )
      for (const request of requests) {
        const tokens = request.messages
          .flatMap(message => message.parts)
          .reduce((sum, part) => sum + (part.kind === 'filler' ? part.tokens : 0), 0)
        expect(tokens).toBe(lengths.get(request.itemId))
      }
    })
  },
)
