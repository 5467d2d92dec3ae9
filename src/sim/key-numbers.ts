/** Numbers the API keys of each provider in the order in which they are first seen, from 1. */
export interface KeyNumbers {
  /** `keyId` is an identity of the key, never the key. Beyond the bound all further keys share the last number. */
  of(providerId: string, keyId: string): number
  clear(): void
}

/** Keys of one provider that are told apart. */
const maxKeys = 1000

/** Makes a numbering that has seen no key. */
export function createKeyNumbers(): KeyNumbers {
  const providers = new Map<string, Map<string, number>>()
  return Object.freeze({
    of: (providerId: string, keyId: string) => {
      const numbers = providers.get(providerId) ?? new Map<string, number>()
      providers.set(providerId, numbers)
      const known = numbers.get(keyId)
      if (known !== undefined) return known
      const number = numbers.size + 1
      if (number <= maxKeys) numbers.set(keyId, number)
      return number
    },
    clear: () => providers.clear(),
  })
}
