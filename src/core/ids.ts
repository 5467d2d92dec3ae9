import { hash } from 'node:crypto'
import type { Rng } from './rng.ts'

/** A run's id, sortable by start time: `20261120-170500-k3f9`. The suffix comes from `rng`. */
export function createRunId(startedAtEpochUs: number, rng: Rng): string {
  const iso = new Date(startedAtEpochUs / 1000).toISOString()
  const stamp = iso.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const suffix = Array.from({ length: 4 }, () => rng.int(36).toString(36)).join('')
  return `${stamp}-${suffix}`
}

/** A UUID (version 8, RFC 9562 section 5.8) that is a pure function of its parts. */
export function uuidOf(...parts: readonly (string | number)[]): string {
  const hex = hexOf(parts)
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A W3C trace id (32 hex digits) that is a pure function of its parts. */
export function traceIdOf(...parts: readonly (string | number)[]): string {
  return hexOf(['trace', ...parts]).slice(0, 32)
}

/** A W3C span id (16 hex digits) that is a pure function of its parts. */
export function spanIdOf(...parts: readonly (string | number)[]): string {
  return hexOf(['span', ...parts]).slice(0, 16)
}

/** The first 64 bits of SHA-256: identity of a content without keeping it. */
export function hash64(text: string | Buffer): bigint {
  return hash('sha256', text, 'buffer').readBigUInt64BE(0)
}

function hexOf(parts: readonly (string | number)[]): string {
  return hash('sha256', parts.join('\u0000'), 'hex')
}
