import { z } from 'zod'
import type { Catalog } from '../catalog/index.ts'
import { createRng, parseUsd, type PicoUsd } from '../core/index.ts'
import type { MarketReset } from './market.ts'
import { faultEffects, type FaultKind, isFaultKind } from './model/fault-effects.ts'
import { type FaultRule, limitDialects } from './model/faults.ts'
import type { MarketChange } from './model/market-changes.ts'
import { regimeNames, type RegimeRule } from './model/regimes.ts'

const ms = z.number().min(0)
const ratio = z.number().min(0).max(1)
const target = { provider: z.string(), model: z.string().nullable().default(null) }

const faultRule = z
  .strictObject({
    ...target,
    kind: z.custom<FaultKind>(isFaultKind, {
      error: `unknown kind; the kinds are ${Object.keys(faultEffects).join(', ')}`,
    }),
    status: z.int().min(400).max(599).default(503),
    fromMs: ms.default(0),
    toMs: ms.nullable().default(null),
    ratio: ratio.default(1),
    delayMs: ms.default(0),
    flap: z
      .strictObject({ periodMs: z.number().positive(), onMs: z.number().positive() })
      .nullable()
      .default(null),
    keyNumber: z.int().positive().nullable().default(null),
    body: z.enum(['json', 'html']).default('json'),
    dialect: z.enum(limitDialects).default('native'),
    retryAfterMs: ms.default(1000),
    commentMs: z.number().min(1).nullable().default(null),
    how: z.enum(['reset', 'end']).nullable().default(null),
    factor: z.number().positive().default(2),
  })
  .refine(({ fromMs, toMs }) => toMs === null || toMs > fromMs, 'the fault ends before it starts (toMs)')
  .refine(({ flap }) => flap === null || flap.onMs <= flap.periodMs, 'onMs is longer than periodMs')

const meanMs = z.number().positive()
const course = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('drawn'),
    meanMs: z.partialRecord(z.enum(regimeNames), meanMs),
    transitions: z
      .partialRecord(z.enum(regimeNames), z.partialRecord(z.enum(regimeNames), ms))
      .exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('script'),
    steps: z.array(z.strictObject({ atMs: ms, regime: z.enum(regimeNames) })),
  }),
])

const regimeRule = z
  .strictObject({
    ...target,
    course,
    slowFactor: z.number().positive().default(4),
    ratio: ratio.default(1),
    status: z.int().min(400).max(599).default(503),
  })
  .refine(rule => rule.course.kind === 'script' || rule.course.meanMs.healthy !== undefined, {
    error: 'a drawn course needs meanMs.healthy',
  })
  .refine(rule => rule.course.kind === 'drawn' || isAscending(rule.course.steps.map(({ atMs }) => atMs)), {
    error: 'the steps of a script need ascending times',
  })

/** Decimal USD per million tokens, as pico-USD per token. */
const perMillion = z
  .string()
  .transform((text, context): PicoUsd => {
    const amount = parseUsd(text)
    if (amount !== null && amount >= 0n && amount % 1_000_000n === 0n) return amount / 1_000_000n
    context.addIssue({ code: 'custom', message: 'write USD per million tokens, at most 6 places' })
    return z.NEVER
  })
  .nullable()
  .default(null)

const at = { ...target, atMs: ms }
const change = z.discriminatedUnion('kind', [
  z.strictObject({
    ...at,
    kind: z.literal('price'),
    input: perMillion,
    output: perMillion,
    cacheRead: perMillion,
    cacheWrite: perMillion,
  }),
  z.strictObject({ ...at, kind: z.literal('withdrawn') }),
  z.strictObject({
    ...at,
    kind: z.literal('swapped'),
    qualityFactor: z.number().min(0).default(1),
    speedFactor: z.number().positive().default(1),
    overMs: ms.default(0),
  }),
  z.strictObject({ ...at, kind: z.literal('context'), contextTokens: z.int().positive() }),
])

const reset = z.strictObject({
  faults: z.array(faultRule).default([]),
  regimes: z.array(regimeRule).default([]),
  changes: z.array(change).default([]),
  seed: z.string().nullable().default(null),
})

/**
 * Reads the body of `POST /control/reset`: faults, regimes, market changes and a seed, all optional.
 * Without a seed the draws begin again as they were.
 *
 * @returns everything wrong with it as a text, unknown providers and models included, or the reset.
 */
export function parseReset(body: unknown, catalog: Catalog): MarketReset | string {
  const parsed = reset.safeParse(body)
  if (!parsed.success) return z.prettifyError(parsed.error)
  const { faults, regimes, changes, seed } = parsed.data
  const script = { faults, regimes, changes } satisfies {
    readonly faults: readonly FaultRule[]
    readonly regimes: readonly RegimeRule[]
    readonly changes: readonly MarketChange[]
  }
  const strangers = Object.entries(script).flatMap(([name, rules]) => strangersOf(name, rules, catalog))
  if (strangers.length > 0) return strangers.join('\n')
  return { ...script, rng: seed === null ? null : createRng(seed) }
}

interface Aimed {
  readonly provider: string
  readonly model: string | null
}

/** Rules that would hit nobody. */
function strangersOf(name: string, rules: readonly Aimed[], { endpoints }: Catalog): readonly string[] {
  return rules.flatMap(({ provider, model }, index) => {
    const served = [...endpoints.values()].filter(endpoint => endpoint.provider.id === provider)
    if (served.length === 0) return [`✖ no provider ${provider}\n  → at ${name}[${index}].provider`]
    const isServed = model === null || served.some(({ modelId }) => modelId === model)
    return isServed ? [] : [`✖ ${provider} does not serve ${model}\n  → at ${name}[${index}].model`]
  })
}

function isAscending(times: readonly number[]): boolean {
  return times.every((time, position) => position === 0 || time > (times[position - 1] ?? 0))
}
