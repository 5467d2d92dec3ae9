import { countOf, msOf, type Numeric } from './column-values.ts'
import type { Quantiles } from './run-summary.ts'

/** SQL for `n` and exact quantiles of a microsecond column over the rows where `condition` holds. */
export function quantilesSql(name: string, column: string, condition: string): string {
  const filter = `${condition} AND ${column} IS NOT NULL`
  return `countIf(${filter}) AS ${name}_n,
    quantilesExactIf(0.5, 0.95, 0.99)(assumeNotNull(${column}), ${filter}) AS ${name}_q`
}

/** The quantiles that `quantilesSql` selected, in milliseconds. */
export function quantilesOf(n: Numeric | undefined, micros: readonly Numeric[] | undefined): Quantiles {
  const count = countOf(n)
  const at = (index: number) => (count === 0 ? null : msOf(micros?.[index]))
  return { n: count, p50: at(0), p95: at(1), p99: at(2) }
}
