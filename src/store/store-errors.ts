import { ClickHouseError } from '@clickhouse/client'
import { messageOf, UserError } from '../core/index.ts'

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_SOCKET',
])

/** Codes of ClickHouse for a login that is refused. */
const loginCodes = new Set(['192', '193', '194', '497', '516'])
/** Codes for a table, column or database that the store lacks, or a field that it does not know. */
const schemaCodes = new Set(['16', '60', '81', '117'])

/**
 * Codes for a value that cannot be read or does not fit its column: one row is to blame, not the schema. Names of
 * an Enum are not among them, since only another program version writes one that the store lacks.
 */
const contentCodes = new Set([
  '6',
  '25',
  '26',
  '27',
  '33',
  '38',
  '41',
  '53',
  '69',
  '70',
  '72',
  '131',
  '321',
  '349',
  '376',
  '407',
  '467',
])

/** Whether the store refused rows for a value in them; other rows of the insert may be sound. */
export function isContentError(thrown: unknown): boolean {
  return thrown instanceof ClickHouseError && contentCodes.has(thrown.code)
}

/** Whether nothing was answered: the same request may be sent again. */
export function isConnectionError(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || thrown instanceof ClickHouseError) return false
  // The client gives its own timeout no code.
  if ('code' in thrown) return typeof thrown.code === 'string' && connectionCodes.has(thrown.code)
  return thrown.message.startsWith('Timeout error') || thrown.message.includes('socket hang up')
}

/**
 * The error a user can act on when the store cannot be used; what was thrown when it is about the statement.
 * An error that is not in ClickHouse's form (a page, a redirect, another protocol) means that none answers there.
 */
export function asStoreError(thrown: unknown, url: string): unknown {
  if (isConnectionError(thrown)) return unreachable(url, thrown)
  if (thrown instanceof ClickHouseError && loginCodes.has(thrown.code)) {
    return new UserError(`the store at ${url} refuses the login`, {
      code: 'E_STORE_UNREACHABLE',
      hint: 'Check user and password in CLICKHOUSE_URL; records that are not uploaded stay in the journal.',
      cause: thrown,
    })
  }
  const isKnown = thrown instanceof ClickHouseError || thrown instanceof UserError || isFileError(thrown)
  return isKnown ? thrown : notClickHouse(url, thrown)
}

/** The segment could not be opened: nothing that the store did. */
function isFileError(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'open'
}

/** Like `asStoreError`, and a schema that does not fit the rows becomes E_STORE_SCHEMA. */
export function asInsertError(thrown: unknown, url: string): unknown {
  if (!(thrown instanceof ClickHouseError) || !schemaCodes.has(thrown.code)) return asStoreError(thrown, url)
  return new UserError(`the store at ${url} does not fit the records: ${thrown.message.trim()}`, {
    code: 'E_STORE_SCHEMA',
    hint: 'Run "routebench store migrate" with the program that wrote the records; they stay in the journal.',
    cause: thrown,
  })
}

/** A page can be long: its start says enough. */
const maxSaidChars = 200

/** Pure; `cause` is what the client made of the answer. */
export function notClickHouse(url: string, cause: unknown): UserError {
  const said = messageOf(cause).trim().replace(/\s+/g, ' ').slice(0, maxSaidChars)
  return new UserError(`what is at ${url} answers, but is no ClickHouse${said && `: ${said}`}`, {
    code: 'E_STORE_UNREACHABLE',
    hint: 'Give the HTTP interface of a ClickHouse in CLICKHOUSE_URL (port 8123 as a rule), or unset it to use the embedded store.',
    cause,
  })
}

/** Nothing answered. Pure. */
export function unreachable(url: string, cause: unknown): UserError {
  return new UserError(`the store at ${url} does not answer: ${messageOf(cause)}`, {
    code: 'E_STORE_UNREACHABLE',
    hint: 'Start ClickHouse there, correct CLICKHOUSE_URL, or unset it to use the embedded store; records that are not uploaded stay in the journal.',
    cause,
  })
}
