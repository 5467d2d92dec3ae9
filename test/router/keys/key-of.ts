import { noAccessRules } from '../../../src/policy/index.ts'
import type { KeyDefinition } from '../../../src/router/keys/key-definition.ts'
import { type Caller, createKeyRing, hashKey } from '../../../src/router/keys/key-ring.ts'

/** A key of tests, whose text is `rb-<name>`, without limits but for those given. */
export function keyOf(name: string, more: Partial<KeyDefinition> = {}): KeyDefinition {
  return {
    name,
    sha256: hashKey(`rb-${name}`),
    kind: 'inference',
    budget: null,
    requestsPerMinute: null,
    rules: noAccessRules,
    markupBasisPoints: 0,
    expiresAtMs: null,
    disabled: false,
    ...more,
  }
}

/** The caller who shows this key. */
export function callerOf(key: KeyDefinition): Caller {
  const known = createKeyRing([key]).authenticate(`Bearer rb-${key.name}`, 0)
  if (!known.ok) throw new Error(known.error.message)
  return known.caller
}

/** Dollars as pico-USD. */
export function usd(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e12))
}
