import { UserError } from '../core/index.ts'

/** Where a store is and who asks. The URL holds no credentials, so it can be printed. */
export interface StoreAddress {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly database: string
}

/** Database used when nothing else is said. */
const defaultDatabase = 'routebench'

/**
 * Reads a URL such as `http://user:password@host:8123/database`, the form of CLICKHOUSE_URL.
 * `clickhouse://` means http, `clickhouses://` https; user `default` and database `routebench` when absent.
 *
 * @throws UserError E_CONFIG_INVALID, without the text itself: it may hold a password.
 */
export function parseStoreUrl(text: string): StoreAddress {
  const url = URL.parse(text.replace(/^clickhouse(s?):/i, 'http$1:'))
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw invalid('it is no http or https URL')
  const database = decoded(url.pathname.slice(1)) || defaultDatabase
  if (!/^\w+$/.test(database)) throw invalid('the database name may only have letters, digits and _')
  return {
    url: url.origin,
    username: decoded(url.username) || 'default',
    password: decoded(url.password),
    database,
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // The error would repeat the text, which may be a password.
    throw invalid('a % in it is not followed by two hex digits of UTF-8; write a plain % as %25')
  }
}

function invalid(reason: string): UserError {
  return new UserError(`the store URL cannot be used: ${reason}`, {
    code: 'E_CONFIG_INVALID',
    hint: 'Give it as http://user:password@host:8123/database, in CLICKHOUSE_URL or the configuration.',
  })
}
