import type { ChangeFile, RegimeFile } from './market-schema.ts'

/** How well a simulated provider does for a while. */
export type RegimeName = NonNullable<RegimeFile['script']>[number]['regime']

/** Good and bad times of a simulated provider. Times are seconds after the start of the run. */
export interface RegimeSpec {
  readonly provider: string
  /** null: every model of that provider. */
  readonly model: string | null
  readonly course:
    | {
        readonly kind: 'drawn'
        readonly meanSeconds: Readonly<Partial<Record<RegimeName, number>>>
        /** Weights of the next regime by the present one; left out: from healthy to any other, and back. */
        readonly transitions?: Readonly<
          Partial<Record<RegimeName, Readonly<Partial<Record<RegimeName, number>>>>>
        >
      }
    | {
        readonly kind: 'script'
        readonly steps: readonly { readonly atSeconds: number; readonly regime: RegimeName }[]
      }
  readonly slowFactor: number
  /** Share of requests hit while rate-limited or erroring, 0–1. */
  readonly ratio: number
  /** HTTP status while erroring. */
  readonly status: number
}

/** A lasting change of a simulated provider. Prices are decimal strings of USD per million tokens. */
export type ChangeSpec = {
  readonly provider: string
  /** null: every model of that provider. */
  readonly model: string | null
  readonly atSeconds: number
} & (
  | {
      readonly kind: 'price'
      readonly input: string | null
      readonly output: string | null
      readonly cacheRead: string | null
      readonly cacheWrite: string | null
    }
  | { readonly kind: 'withdrawn' }
  | {
      readonly kind: 'swapped'
      readonly qualityFactor: number
      readonly speedFactor: number
      readonly overSeconds: number
    }
  | { readonly kind: 'context'; readonly contextTokens: number }
)

/** Brings a checked regime into the program's names. Pure. */
export function regimeOf(file: RegimeFile): RegimeSpec {
  const { provider, model, slow_factor: slowFactor, ratio, status, script = [], mean_seconds } = file
  const transitions = file.transitions && definedRows(file.transitions)
  const course = mean_seconds
    ? ({
        kind: 'drawn',
        meanSeconds: definedOnly(mean_seconds),
        ...(transitions && { transitions }),
      } as const)
    : ({
        kind: 'script',
        steps: script.map(({ at_seconds: atSeconds, regime }) => ({ atSeconds, regime })),
      } as const)
  return { provider, model, course, slowFactor, ratio, status }
}

/** The regime as a file would have it. Pure; the inverse of `regimeOf`. */
export function regimeIn({ provider, model, course, slowFactor, ratio, status }: RegimeSpec): RegimeFile {
  const base = { provider, model, slow_factor: slowFactor, ratio, status }
  if (course.kind === 'script')
    return {
      ...base,
      script: course.steps.map(({ atSeconds: at_seconds, regime }) => ({ at_seconds, regime })),
    }
  const { meanSeconds, transitions } = course
  return {
    ...base,
    mean_seconds: { ...meanSeconds, healthy: meanSeconds.healthy ?? 0 },
    ...(transitions && { transitions: definedRows(transitions) }),
  }
}

function definedOnly(means: NonNullable<RegimeFile['mean_seconds']>) {
  // Keys whose value is undefined would make two equal specs differ.
  return Object.fromEntries(Object.entries(means).filter(([, value]) => value !== undefined)) as Partial<
    Record<RegimeName, number>
  >
}

type Weights = NonNullable<RegimeFile['transitions']>

/** A copy without the keys whose value is undefined, at both levels. */
function definedRows(rows: Readonly<Weights>): Weights {
  return Object.fromEntries(
    Object.entries(rows).map(([from, weights]) => [from, Object.fromEntries(Object.entries(weights))]),
  )
}

/** Brings a checked change into the program's names. Pure. */
export function changeOf(file: ChangeFile): ChangeSpec {
  const base = { provider: file.provider, model: file.model, atSeconds: file.at_seconds }
  switch (file.kind) {
    case 'price':
      return {
        ...base,
        kind: file.kind,
        input: file.input_usd_per_million,
        output: file.output_usd_per_million,
        cacheRead: file.cache_read_usd_per_million,
        cacheWrite: file.cache_write_usd_per_million,
      }
    case 'withdrawn':
      return { ...base, kind: file.kind }
    case 'swapped':
      return {
        ...base,
        kind: file.kind,
        qualityFactor: file.quality_factor,
        speedFactor: file.speed_factor,
        overSeconds: file.over_seconds,
      }
    case 'context':
      return { ...base, kind: file.kind, contextTokens: file.context_tokens }
  }
}

/** The change as a file would have it. Pure; the inverse of `changeOf`. */
export function changeIn(change: ChangeSpec): ChangeFile {
  const base = { provider: change.provider, model: change.model, at_seconds: change.atSeconds }
  switch (change.kind) {
    case 'price':
      return {
        ...base,
        kind: change.kind,
        input_usd_per_million: change.input,
        output_usd_per_million: change.output,
        cache_read_usd_per_million: change.cacheRead,
        cache_write_usd_per_million: change.cacheWrite,
      }
    case 'withdrawn':
      return { ...base, kind: change.kind }
    case 'swapped':
      return {
        ...base,
        kind: change.kind,
        quality_factor: change.qualityFactor,
        speed_factor: change.speedFactor,
        over_seconds: change.overSeconds,
      }
    case 'context':
      return { ...base, kind: change.kind, context_tokens: change.contextTokens }
  }
}
