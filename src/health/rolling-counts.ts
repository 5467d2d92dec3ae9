import { nsPerMs } from '../core/index.ts'

/** Counts of events over a window that moves with time. Its memory is fixed. */
export interface RollingCounts<Kind extends string> {
  add(kind: Kind, atNs: number): void
  /** Events of the window that ends at `nowNs`: whole slices, so up to one slice more than the window. */
  sum(kind: Kind, nowNs: number): number
}

/**
 * Counts in a ring of time slices. Events may come late, not in order; what is older than the ring is not counted.
 * Both calls take constant time, spread over the slices that passed.
 *
 * @param options.windowMs How far back sums reach.
 * @param options.sliceMs Grain of time; smaller is sharper and takes more memory.
 */
export function createRollingCounts<Kind extends string>(options: {
  readonly kinds: readonly Kind[]
  readonly windowMs: number
  readonly sliceMs: number
}): RollingCounts<Kind> {
  const { kinds, windowMs, sliceMs } = options
  const sliceNs = sliceMs * nsPerMs
  const slots = Math.ceil(windowMs / sliceMs) + 1
  const counts = new Uint32Array(slots * kinds.length)
  const totals = new Float64Array(kinds.length)
  let newest = 0

  /** Moves the window on, forgetting the slices that leave it. */
  function moveTo(slice: number): void {
    const first = Math.max(newest + 1, slice - slots + 1)
    for (let passed = first; passed <= slice; passed++) forget(passed % slots)
    newest = Math.max(newest, slice)
  }

  function forget(slot: number): void {
    for (let kind = 0; kind < kinds.length; kind++) {
      const index = slot * kinds.length + kind
      totals[kind] = (totals[kind] ?? 0) - (counts[index] ?? 0)
      counts[index] = 0
    }
  }

  return Object.freeze<RollingCounts<Kind>>({
    add: (kind, atNs) => {
      const slice = Math.floor(atNs / sliceNs)
      moveTo(slice)
      if (slice <= newest - slots) return
      const place = kinds.indexOf(kind)
      const index = (slice % slots) * kinds.length + place
      counts[index] = (counts[index] ?? 0) + 1
      totals[place] = (totals[place] ?? 0) + 1
    },
    sum: (kind, nowNs) => {
      moveTo(Math.floor(nowNs / sliceNs))
      return totals[kinds.indexOf(kind)] ?? 0
    },
  })
}
