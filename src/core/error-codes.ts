/** Exit codes of the command line, documented in docs/errors.md. */
export const exitCodes = {
  ok: 0,
  gateFailed: 1,
  inconclusive: 2,
  invalid: 3,
  usage: 64,
  internal: 70,
  temporary: 75,
  interrupted: 130,
} as const

/** Every mistake or outside condition that a user can act on, with the exit code it leads to. */
export const errorCodes = {
  E_USAGE: exitCodes.usage,
  E_FILE_UNREADABLE: exitCodes.usage,
  E_SCENARIO_INVALID: exitCodes.usage,
  E_CATALOG_INVALID: exitCodes.usage,
  E_TRACE_INVALID: exitCodes.usage,
  E_CASSETTE_INVALID: exitCodes.usage,
  E_CONFIG_INVALID: exitCodes.usage,
  E_LEDGER_INVALID: exitCodes.usage,
  E_REQUEST_INVALID: exitCodes.usage,
  E_MODEL_UNKNOWN: exitCodes.usage,
  E_RUN_UNKNOWN: exitCodes.usage,
  E_KEY_MISSING: exitCodes.usage,
  E_DISK: exitCodes.temporary,
  E_PORT_IN_USE: exitCodes.temporary,
  E_TARGET_UNREACHABLE: exitCodes.temporary,
  E_STORE_UNREACHABLE: exitCodes.temporary,
  E_STORE_LOCKED: exitCodes.temporary,
  E_STORE_SCHEMA: exitCodes.temporary,
  E_PROCESS_DIED: exitCodes.temporary,
  E_BUDGET_EXCEEDED: exitCodes.temporary,
  E_INTERRUPTED: exitCodes.interrupted,
} as const

/** The stable name of an error condition. */
export type ErrorCode = keyof typeof errorCodes
