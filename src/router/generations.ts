/** The answers that `GET /generation` can tell about; in memory, newest `maxGenerations` only. */
export interface Generations {
  add(id: string, data: Readonly<Record<string, unknown>>): void
  get(id: string): Readonly<Record<string, unknown>> | undefined
}

/** Makes an empty ring. */
export function createGenerations(maxGenerations: number): Generations {
  const byId = new Map<string, Readonly<Record<string, unknown>>>()
  return Object.freeze<Generations>({
    get: id => byId.get(id),
    add: (id, data) => {
      byId.set(id, data)
      const oldest = byId.keys().next()
      if (byId.size > maxGenerations && !oldest.done) byId.delete(oldest.value)
    },
  })
}
