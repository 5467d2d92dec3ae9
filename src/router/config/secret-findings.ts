import { isObject } from '../../core/index.ts'
import type { Finding, Path } from '../../document/index.ts'

/** Forms that keys of providers and gateways have. */
const keyForms: readonly RegExp[] = [
  /^bearer\s/i,
  /\b(?:rb|sk|rk|pk|gsk|xai|pplx|nvapi|hf|csk|fw|tgp|ghp|glpat)[-_][\w-]{12,}/,
  /\bAIza[\w-]{20,}/,
  // Opaque text of letters and digits, as long as no name is.
  /^(?=.*\d)(?=.*[A-Za-z])[\w+=]{32,}$/,
  // Credentials in an address.
  /^\w+:\/\/[^/\s]*:[^/\s]*@/,
]

/**
 * Values that look like keys or passwords, wherever they stand: secrets come from the environment only. The findings do
 * not quote them. The hashes of callers' keys are where they belong. Pure.
 */
export function secretFindings(value: unknown, path: Path = []): readonly Finding[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => secretFindings(item, [...path, index]))
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, item]) => secretFindings(item, [...path, key]))
  }
  if (typeof value !== 'string' || isHash(value, path)) return []
  if (!keyForms.some(form => form.test(value))) return []
  const message =
    path.at(-1) === 'sha256'
      ? 'this is a key, not its hash; take it for known to others, and make a new one with `routebench keys new`'
      : 'this looks like a key or a password; keys of providers come from environment variables and are never written down'
  return [{ path, rule: 'secret', message }]
}

function isHash(value: string, path: Path): boolean {
  return path.at(-1) === 'sha256' && /^[0-9a-fA-F]{64}$/.test(value)
}
