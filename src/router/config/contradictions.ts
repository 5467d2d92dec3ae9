import { type Finding, type Path, valueAt } from '../../document/index.ts'
import type { RouterFile } from './file-schema.ts'
import { says } from './layers.ts'
import { isLoopback } from './loopback.ts'
import { queueSchema } from './queue-schema.ts'

/**
 * What a configuration has wrong that its shape cannot say: values that contradict each other, names given twice, doors
 * that stand open. Pure.
 *
 * @param given What was written, without defaults: a default that another value makes useless is no mistake.
 */
export function contradictions(config: RouterFile, given: unknown): readonly Finding[] {
  return [
    ...orderFindings(config, given),
    ...openDoors(config),
    ...idleQueues(config, given),
    ...repeated(config.pools, 'pools', 'id'),
    ...repeated(config.rules, 'rules', 'name'),
    ...repeated(config.keys, 'keys', 'name'),
    ...repeated(config.keys, 'keys', 'sha256'),
    ...aliasFindings(config),
    ...accessFindings(config),
    ...emptyRules(config),
    ...idleHedge(config),
  ]
}

/** The first of each pair is at most the second, where both are set. */
const inOrder: readonly (readonly [Path, Path])[] = [
  [
    ['deadlines', 'connect_ms'],
    ['deadlines', 'headers_ms'],
  ],
  [
    ['deadlines', 'connect_ms'],
    ['deadlines', 'first_token_ms'],
  ],
  [
    ['deadlines', 'connect_ms'],
    ['deadlines', 'unary_ms'],
  ],
  [
    ['deadlines', 'connect_ms'],
    ['deadlines', 'attempt_ms'],
  ],
  [
    ['deadlines', 'headers_ms'],
    ['deadlines', 'first_token_ms'],
  ],
  [
    ['deadlines', 'headers_ms'],
    ['deadlines', 'attempt_ms'],
  ],
  [
    ['deadlines', 'first_token_ms'],
    ['deadlines', 'attempt_ms'],
  ],
  [
    ['deadlines', 'idle_ms'],
    ['deadlines', 'attempt_ms'],
  ],
  [
    ['deadlines', 'idle_ms'],
    ['deadlines', 'stall_ms'],
  ],
  [
    ['deadlines', 'stall_ms'],
    ['deadlines', 'attempt_ms'],
  ],
  [
    ['deadlines', 'unary_ms'],
    ['deadlines', 'attempt_ms'],
  ],
  [
    ['deadlines', 'attempt_ms'],
    ['deadlines', 'request_ms'],
  ],
  [
    ['queue', 'max_wait_ms'],
    ['deadlines', 'request_ms'],
  ],
  [
    ['deadlines', 'receive_headers_ms'],
    ['deadlines', 'receive_ms'],
  ],
  [
    ['deadlines', 'learned_first_token', 'min_ms'],
    ['deadlines', 'first_token_ms'],
  ],
  [
    ['hedge', 'after_ms'],
    ['deadlines', 'first_token_ms'],
  ],
  [
    ['hedge', 'after_ms'],
    ['deadlines', 'attempt_ms'],
  ],
  [
    ['retry', 'base_ms'],
    ['retry', 'cap_ms'],
  ],
  [
    ['retry', 'max_wait_ms'],
    ['deadlines', 'request_ms'],
  ],
  [
    ['health', 'breaker', 'open_ms'],
    ['health', 'breaker', 'max_open_ms'],
  ],
  [
    ['health', 'key_cool_down_ms'],
    ['health', 'max_cool_down_ms'],
  ],
  [
    ['health', 'refusal_cool_down_ms'],
    ['health', 'max_cool_down_ms'],
  ],
  [
    ['health', 'rate_limit_cool_down_ms'],
    ['health', 'max_cool_down_ms'],
  ],
]

function orderFindings(config: RouterFile, given: unknown): readonly Finding[] {
  return inOrder.flatMap(([smaller, larger]) => {
    const [small, large] = [valueAt(config, smaller), valueAt(config, larger)]
    if (typeof small !== 'number' || typeof large !== 'number' || small <= large) return []
    if (!says(given, smaller)) return []
    const message = `${smaller.join('.')}: ${small} is more than ${larger.join('.')}, which is ${large}`
    return [{ path: smaller, rule: 'contradiction', message }]
  })
}

const queueDefaults = { queue: queueSchema.parse({}) }

/** Bounds on waiting where nobody ever waits. */
function idleQueues({ queue }: RouterFile, given: unknown): readonly Finding[] {
  const { providers, max_concurrent: everywhere } = queue
  const isBound = (id: string) => {
    const own = providers[id]?.max_concurrent
    return (own === undefined ? everywhere : own) !== null
  }
  const isAnyBound = everywhere !== null || Object.keys(providers).some(isBound)
  const places = [
    ...(isAnyBound ? [] : [['queue']]),
    ...Object.keys(providers).flatMap(id => (isBound(id) ? [] : [['queue', 'providers', id]])),
  ]
  return places.flatMap(place =>
    ['max_waiting', 'max_wait_ms'].flatMap(name => {
      const path = [...place, name]
      // What is printed has every default in it, and can be read again.
      if (!says(given, path) || valueAt(given, path) === valueAt(queueDefaults, path)) return []
      const message = `${path.join('.')} has no effect without max_concurrent: nobody waits`
      return [{ path, rule: 'contradiction', message }]
    }),
  )
}

function openDoors({ listen, keys, providers_url: providersUrl }: RouterFile): readonly Finding[] {
  if (keys.length > 0) return []
  const findings: Finding[] = []
  if (!isLoopback(listen.host)) {
    const message = `listening on ${listen.host} without keys would let everyone who reaches this machine spend your money; declare keys, or listen on 127.0.0.1`
    findings.push({ path: ['listen', 'host'], rule: 'open-door', message })
  }
  if (listen.cors && providersUrl === null) {
    const message =
      'with cors and without keys, every web page that you visit could spend your money; declare keys'
    findings.push({ path: ['listen', 'cors'], rule: 'open-door', message })
  }
  return findings
}

function repeated(
  entries: readonly Readonly<Record<string, unknown>>[],
  list: string,
  key: string,
): readonly Finding[] {
  const seen = new Set<unknown>()
  return entries.flatMap((entry, index) => {
    const value = entry[key]
    const again = seen.has(value)
    seen.add(value)
    // Hashes of keys are not quoted.
    const what = key === 'sha256' ? 'this key' : `"${String(value)}"`
    return again
      ? [{ path: [list, index, key], rule: 'duplicate', message: `${what} is in ${list} already` }]
      : []
  })
}

function aliasFindings({ aliases, pools }: RouterFile): readonly Finding[] {
  const declared = new Set(pools.map(({ id }) => id))
  return Object.entries(aliases).flatMap(([alias, target]) => {
    const path = ['aliases', alias]
    if (declared.has(alias)) {
      return [{ path, rule: 'duplicate', message: `"${alias}" is a pool already`, at: 'key' as const }]
    }
    if (alias !== target) return []
    return [{ path, rule: 'contradiction', message: `"${alias}" stands for itself` }]
  })
}

function accessFindings({ account, keys }: RouterFile): readonly Finding[] {
  const holders = [
    { path: ['account'] as Path, access: account },
    ...keys.map((access, index) => ({ path: ['keys', index] as Path, access })),
  ]
  return holders.flatMap(({ path, access }) =>
    access.ignore.flatMap((slug, index) => {
      if (!access.only?.includes(slug)) return []
      const message = `"${slug}" is in only and in ignore`
      return [{ path: [...path, 'ignore', index], rule: 'contradiction', message }]
    }),
  )
}

function emptyRules({ rules }: RouterFile): readonly Finding[] {
  return rules.flatMap(({ name, models, provider }, index) => {
    if (models.length > 0 || Object.keys(provider).length > 0) return []
    const message = `the rule "${name}" changes nothing: give it models or provider`
    return [{ path: ['rules', index], rule: 'empty-rule', message }]
  })
}

function idleHedge({ hedge }: RouterFile): readonly Finding[] {
  if (hedge === null || hedge.after !== null || hedge.after_ms !== null) return []
  const message = 'a hedge that never begins: give after or after_ms, or write hedge: null'
  return [{ path: ['hedge'], rule: 'contradiction', message }]
}
