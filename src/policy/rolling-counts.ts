import { nsPerMs } from '../core/index.ts'

/** How one attempt, or its tool calls, are counted. */
export const countKinds = [
  'ok',
  'error',
  'rate_limit',
  'refused',
  'tool_requests',
  'bad_tool_requests',
  'invalid_json',
  'unknown_name',
  'schema_mismatch',
] as const

export type CountKind = (typeof countKinds)[number]

/** One number for each kind. */
export type Counts = Readonly<Record<CountKind, number>>

/** Counts of events over a window that moves with time. Its memory is fixed. */
export interface RollingCounts {
  add(kind: CountKind, atNs: number): void
  /** The counts of the window that ends at `nowNs`: whole slices, so up to one slice more than the window. */
  sums(nowNs: number): Counts
}

/**
 * Counts in a ring of time slices. An event that is older than the ring is not counted.
 *
 * @param options.windowMs How far back sums reach.
 * @param options.sliceMs Grain of time; smaller is sharper and takes more memory.
 */
export function createRollingCounts(options: {
  readonly windowMs: number
  readonly sliceMs: number
}): RollingCounts {
  const sliceNs = options.sliceMs * nsPerMs
  const slots = Math.ceil(options.windowMs / options.sliceMs) + 1
  const counts = new Uint32Array(slots * countKinds.length)
  /** Which slice of time each slot holds. */
  const slices = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY)

  function add(kind: CountKind, atNs: number): void {
    const slice = Math.floor(atNs / sliceNs)
    const slot = slice % slots
    const held = slices[slot] ?? slice
    if (held > slice) return
    const start = slot * countKinds.length
    if (held < slice) counts.fill(0, start, start + countKinds.length)
    slices[slot] = slice
    const index = start + countKinds.indexOf(kind)
    counts[index] = (counts[index] ?? 0) + 1
  }

  function sums(nowNs: number): Counts {
    const newest = Math.floor(nowNs / sliceNs)
    const total = countKinds.map(() => 0)
    for (let slot = 0; slot < slots; slot++) {
      const slice = slices[slot] ?? Number.NEGATIVE_INFINITY
      if (slice > newest - slots && slice <= newest) addSlot(slot, total)
    }
    return namedCounts(total)
  }

  function addSlot(slot: number, total: number[]): void {
    const start = slot * countKinds.length
    for (let kind = 0; kind < countKinds.length; kind++) {
      total[kind] = (total[kind] ?? 0) + (counts[start + kind] ?? 0)
    }
  }
  return Object.freeze({ add, sums })
}

function namedCounts([
  ok,
  error,
  rateLimit,
  refused,
  tools,
  badTools,
  json,
  name,
  schema,
]: readonly number[]): Counts {
  return {
    ok: ok ?? 0,
    error: error ?? 0,
    rate_limit: rateLimit ?? 0,
    refused: refused ?? 0,
    tool_requests: tools ?? 0,
    bad_tool_requests: badTools ?? 0,
    invalid_json: json ?? 0,
    unknown_name: name ?? 0,
    schema_mismatch: schema ?? 0,
  }
}
