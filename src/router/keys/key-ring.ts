import { createHash } from 'node:crypto'
import { type AccessRules, noAccessRules } from '../../policy/index.ts'
import { type ApiError, apiError } from '../api-error.ts'
import type { KeyDefinition } from './key-definition.ts'

/** Who sends a request. */
export interface Caller {
  /** The key's name, for records; empty without keys. Never the key. */
  readonly name: string
  /** What the ledger and `GET /generation` know the caller by: the key's SHA-256, or `local` without keys. */
  readonly id: string
  readonly kind: KeyDefinition['kind'] | 'local'
  /** What the key may use; the account's rules come on top. */
  readonly rules: AccessRules
  /** null: the local caller, which has no limits. */
  readonly key: KeyDefinition | null
}

/** The caller of a router without keys. */
export const localCaller: Caller = Object.freeze({
  name: '',
  id: 'local',
  kind: 'local',
  rules: noAccessRules,
  key: null,
})

/** A caller, or what to answer instead (401). */
export type Authentication =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly error: ApiError }

/** Knows callers by their keys. */
export interface KeyRing {
  /** Reads an `Authorization` header. `nowMs`: epoch milliseconds, for keys that expire. */
  authenticate(header: string | undefined, nowMs: number): Authentication
}

/**
 * Makes a ring of keys; with none, everyone is the local caller and headers are not read.
 *
 * A key is found by its hash, so the time of a look-up tells nothing of the keys that are there.
 */
export function createKeyRing(keys: readonly KeyDefinition[]): KeyRing {
  const callers = new Map(keys.map(key => [key.sha256, callerOf(key)]))
  return Object.freeze<KeyRing>({
    authenticate: (header, nowMs) => {
      if (callers.size === 0) return { ok: true, caller: localCaller }
      if (header === undefined || header === '') return refuse('Missing Authentication header')
      const presented = /^bearer +(\S+) *$/i.exec(header)?.[1]
      if (presented === undefined) return refuse('Invalid Authentication header: it must be `Bearer <key>`')
      const caller = callers.get(hashKey(presented))
      const problem = problemOf(caller?.key, nowMs)
      return caller && problem === null ? { ok: true, caller } : refuse(problem ?? unknownKey)
    },
  })
}

/** How a key is kept: the SHA-256 of its text, in hex. Pure. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

const unknownKey = 'Invalid API key'

function problemOf(key: KeyDefinition | null | undefined, nowMs: number): string | null {
  if (!key) return unknownKey
  if (key.disabled) return 'This API key is disabled'
  return key.expiresAtMs !== null && key.expiresAtMs <= nowMs ? 'This API key has expired' : null
}

function callerOf(key: KeyDefinition): Caller {
  return Object.freeze({ name: key.name, id: key.sha256, kind: key.kind, rules: key.rules, key })
}

/** The caller is at fault; `authentication` of a provider would be the operator's trouble. */
function refuse(message: string): Authentication {
  const error: ApiError = {
    ...apiError('authentication', message),
    status: 401,
    publicType: 'authentication',
    fault: 'client',
    headers: { 'www-authenticate': 'Bearer' },
  }
  return { ok: false, error }
}
