/** The answers that `GET /generation` can tell about; in memory, newest `maxGenerations` only. */
export interface Generations {
  add(id: string, data: Readonly<Record<string, unknown>>, ownerId: string): void
  /** Only the caller that asked for an answer is told about it. */
  get(id: string, ownerId: string): Readonly<Record<string, unknown>> | undefined
}

/** Makes an empty ring. */
export function createGenerations(maxGenerations: number): Generations {
  const byId = new Map<
    string,
    { readonly data: Readonly<Record<string, unknown>>; readonly ownerId: string }
  >()
  return Object.freeze<Generations>({
    get: (id, ownerId) => {
      const known = byId.get(id)
      return known?.ownerId === ownerId ? known.data : undefined
    },
    add: (id, data, ownerId) => {
      byId.set(id, { data, ownerId })
      const oldest = byId.keys().next()
      if (byId.size > maxGenerations && !oldest.done) byId.delete(oldest.value)
    },
  })
}
