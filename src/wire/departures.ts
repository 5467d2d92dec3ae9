/** What an encoded request says otherwise than its caller did: nothing is dropped or changed silently. */
export interface Departures {
  /** A field, or part of one, that the provider has no means for. */
  leaveOut(name: string): void
  /** Something said otherwise, or on top: `max_tokens 64000`. */
  change(what: string): void
  /** Each once, in order. */
  told(): { readonly leftOut: readonly string[]; readonly changed: readonly string[] }
}

/** Starts a list of departures. */
export function createDepartures(): Departures {
  const leftOut = new Set<string>()
  const changed = new Set<string>()
  return {
    leaveOut: name => leftOut.add(name),
    change: what => changed.add(what),
    told: () => ({ leftOut: [...leftOut], changed: [...changed] }),
  }
}
