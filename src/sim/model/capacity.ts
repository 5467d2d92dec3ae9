/** The decoding slots of one endpoint: a first-come first-served queue with a fixed number of servers. */
export interface Capacity {
  /** Milliseconds that a request arriving at `nowMs` waits for a slot; 0 when one is free. Changes nothing. */
  waitMs(nowMs: number): number
  /** Takes the slot that is free first until `endMs`, the instant at which the answer ends. */
  take(endMs: number): void
  /** Requests that hold a slot, or wait for one, at `nowMs`. */
  inFlight(nowMs: number): number
}

/**
 * Makes an idle endpoint of `slots` slots; null: as many as are asked for.
 *
 * Deterministic and event-free: as an answer's length is decided when it arrives, the slot it gets is the one that
 * is free first, and the wait is known at once. Arrivals must come in the order of their times. A slot is held for
 * the planned time also when the caller leaves early.
 */
export function createCapacity(slots: number | null): Capacity {
  /** Binary heap of the ends of the slots in use, the earliest first. */
  const ends: number[] = []
  const isFull = () => slots !== null && ends.length >= slots

  return Object.freeze({
    waitMs: (nowMs: number) => {
      while ((ends[0] ?? Infinity) <= nowMs) popEarliest(ends)
      return isFull() ? Math.max(0, (ends[0] ?? nowMs) - nowMs) : 0
    },
    take: (endMs: number) => {
      if (isFull()) popEarliest(ends)
      push(ends, endMs)
    },
    inFlight: (nowMs: number) => ends.filter(endMs => endMs > nowMs).length,
  })
}

function push(heap: number[], value: number): void {
  let at = heap.push(value) - 1
  for (let parent = (at - 1) >> 1; at > 0 && value < (heap[parent] ?? 0); parent = (at - 1) >> 1) {
    heap[at] = heap[parent] ?? value
    at = parent
  }
  heap[at] = value
}

function popEarliest(heap: number[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const child = (heap[left + 1] ?? Infinity) < (heap[left] ?? Infinity) ? left + 1 : left
    const value = heap[child]
    if (value === undefined || value >= last) break
    heap[at] = value
    at = child
  }
  heap[at] = last
}
