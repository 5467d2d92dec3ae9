import type { Pin } from '../policy/index.ts'

/** The pins of conversations, by model and sticky key. Bounded; forgets the least recently set. */
export interface PinTable {
  get(key: string): Pin | undefined
  set(key: string, pin: Pin): void
}

/** Makes an empty table for at most `maxPins` conversations. */
export function createPinTable(maxPins: number): PinTable {
  const pins = new Map<string, Pin>()
  return Object.freeze<PinTable>({
    get: key => pins.get(key),
    set: (key, pin) => {
      // A Map iterates in order of insertion, so setting anew makes an entry the youngest.
      pins.delete(key)
      pins.set(key, pin)
      const oldest = pins.keys().next()
      if (pins.size > maxPins && !oldest.done) pins.delete(oldest.value)
    },
  })
}
