import type { FaultCase } from './fault-case.ts'
import type { Mode } from './mode.ts'

/** One cell of the matrix. */
export interface Cell {
  readonly fault: FaultCase
  readonly mode: Mode
  /** Whether the request names a healthy endpoint after the faulty ones. */
  readonly hasHealthy: boolean
}

/** How a trial, or a whole cell, came out. */
export type Verdict = 'pass' | 'partial' | 'fail'

/** What became of all trials of a cell. */
export interface CellResult {
  readonly fault: string
  readonly mode: Mode
  readonly hasHealthy: boolean
  /** The worst of its trials; `fail` also where the books of both sides differ. */
  readonly verdict: Verdict
  readonly trials: Readonly<Record<Verdict, number>>
  /** Why not all passed: each reason with its count. */
  readonly reasons: Readonly<Record<string, number>>
  readonly requests: number
  readonly served: number
  readonly attempts: number
  /** From the beginning of the first attempt to that of the one that answered, of each request that needed another. */
  readonly rescueMs: readonly number[]
  /** From the end of the fault to the beginning of the first request that its endpoint answered. */
  readonly recoveryMs: readonly number[]
  /** How often it was played again, since the machine stood still meanwhile. */
  readonly replays: number
  /** What providers billed for attempts that answered, and for the others, USD. */
  readonly billedUsd: { readonly answered: number; readonly lost: number }
}

/** A cell for each way to ask for each fault, with a healthy endpoint and without. */
export function cellsOf(cases: readonly FaultCase[]): readonly Cell[] {
  return cases.flatMap(fault =>
    fault.modes.flatMap(mode => [true, false].map(hasHealthy => ({ fault, mode, hasHealthy }))),
  )
}

/** The worst of some verdicts; `pass` of none. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  const all = new Set(verdicts)
  return all.has('fail') ? 'fail' : all.has('partial') ? 'partial' : 'pass'
}
