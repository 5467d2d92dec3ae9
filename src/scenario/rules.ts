import { z } from 'zod'
import { parseUsd } from '../core/index.ts'
import { type Finding, type Path, valueAt } from '../document/index.ts'
import { createCheckRules } from './check-rules.ts'
import { phaseRules } from './phase-rules.ts'
import { rule } from './rule.ts'
import { changeFindings, faultFindings, regimeFindings, scriptsNeedSimulation } from './simulation-rules.ts'

const reserved: Readonly<Record<string, string>> = {
  model: "an arm's model goes into `model`",
  messages: 'messages come from the workload',
  stream: 'streaming is set by `request.stream`',
  session_id: 'session ids come from the workload; `session_id: false` of an arm turns them off',
}

const duplicateArms = rule({
  needs: z.object({ arms: z.array(z.object({ name: z.unknown() }).catch({ name: null })) }),
  check: ({ arms }) => {
    const names = arms.map(arm => arm.name)
    return names.flatMap((name, index) =>
      typeof name === 'string' && names.indexOf(name) < index
        ? [
            {
              path: ['arms', index, 'name'],
              rule: 'duplicate-arm',
              message: `another arm is named "${name}"`,
            },
          ]
        : [],
    )
  },
})

const moneyIsDecimal = rule({
  needs: z.object({ budget: z.object({ max_usd: z.union([z.string(), z.number()]) }) }),
  check: ({ budget }) => {
    const amount = parseUsd(String(budget.max_usd))
    if (amount !== null && amount > 0n) return []
    const message = 'budget.max_usd: write a positive decimal amount of USD, such as 0.25 (at most 12 places)'
    return [{ path: ['budget', 'max_usd'], rule: 'bad-money', message }]
  },
})

const recordedNeedsPrompts = rule({
  needs: z.object({
    arrivals: z.object({ kind: z.literal('recorded') }),
    workload: z.object({ kind: z.enum(['builtin', 'sessions']) }),
  }),
  check: ({ workload }) => [
    {
      path: ['arrivals', 'kind'],
      rule: 'recorded-without-timestamps',
      message: `recorded arrivals need a prompt file with timestamp_ms; a ${workload.kind} workload has no start times`,
    },
  ],
})

/**
 * What a schema cannot say about a scenario file. Each rule looks only at the parts it needs and is silent
 * where those are already wrong, so that one mistake never hides another. Pure.
 */
export function ruleFindings(value: unknown): readonly Finding[] {
  const checkRules = createCheckRules()
  const rules = [duplicateArms, moneyIsDecimal, recordedNeedsPrompts, ...scriptsNeedSimulation, ...phaseRules]
  return [
    rules.flatMap(check => check(value)),
    itemsOf(value, ['arms']).flatMap(([arm, path]) => armFindings(arm, path)),
    reservedFindings(valueAt(value, ['request', 'parameters']), ['request', 'parameters']),
    itemsOf(value, ['simulation', 'faults']).flatMap(([fault, path]) => faultFindings(fault, path)),
    itemsOf(value, ['simulation', 'regimes']).flatMap(([regime, path]) => regimeFindings(regime, path)),
    itemsOf(value, ['simulation', 'changes']).flatMap(([change, path]) => changeFindings(change, path)),
    itemsOf(value, ['checks']).flatMap(([check, path]) => checkRules(check, path)),
  ].flat()
}

function armFindings(arm: unknown, path: Path): readonly Finding[] {
  return [
    ...targetFindings(valueAt(arm, ['target', 'base_url']), [...path, 'target', 'base_url']),
    ...reservedFindings(valueAt(arm, ['parameters']), [...path, 'parameters']),
  ]
}

/** Body fields that a `parameters` map must not set, because the plan sets them. */
export function reservedFindings(parameters: unknown, path: Path): readonly Finding[] {
  return Object.entries(reserved).flatMap(([key, hint]) =>
    valueAt(parameters, [key]) === undefined
      ? []
      : [
          {
            path: [...path, key],
            rule: 'reserved-parameter',
            message: `${key} is not a parameter: ${hint}`,
            at: 'key',
          },
        ],
  )
}

function targetFindings(baseUrl: unknown, path: Path): readonly Finding[] {
  if (typeof baseUrl !== 'string') return []
  const url = URL.parse(baseUrl)
  const plain = url && !url.username && !url.password && !url.search && !url.hash
  if (plain && /^https?:$/.test(url.protocol)) return []
  // The text itself may hold a key, so it is not repeated.
  const message = 'base_url: write an http or https URL without user, query and fragment'
  return [{ path, rule: 'bad-url', message }]
}

function itemsOf(value: unknown, path: Path): readonly (readonly [unknown, Path])[] {
  const items = valueAt(value, path)
  return Array.isArray(items) ? items.map((item: unknown, index) => [item, [...path, index]] as const) : []
}
