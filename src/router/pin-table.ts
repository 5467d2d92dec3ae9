import type { Conversation, Pin } from '../policy/index.ts'

/** The pins of conversations, by hashed keys. Bounded; forgets the least recently set. */
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

/** Where a conversation's endpoint of a model is kept. */
export function modelPinKey({ key }: Pick<Conversation, 'key'>, modelId: string): string {
  return `model ${key} ${modelId}`
}

/** Where the endpoint is kept that a conversation used last of a pool's models. */
export function poolPinKey({ key }: Pick<Conversation, 'key'>, pool: string): string {
  return `pool ${key} ${pool}`
}
