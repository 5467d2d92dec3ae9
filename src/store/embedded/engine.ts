import { drainPending, Session } from 'chdb'
import { quote } from './statement.ts'

/** One statement with what the request around it said. */
export interface EngineRequest {
  readonly sql: string
  /** Empty for the engine's default database. */
  readonly database: string
  /** Settings and `param_…` values, as ClickHouse's HTTP interface takes them; names are plain identifiers. */
  readonly settings: readonly (readonly [name: string, value: string])[]
  readonly readOnly: boolean
  /** Format of the answer when the statement names none. */
  readonly defaultFormat: string
}

export interface EngineAnswer {
  readonly bytes: Uint8Array
  readonly rowsRead: number
  readonly bytesRead: number
  readonly elapsedSeconds: number
}

/** chDB on one folder. One engine per process, in its main thread: a worker thread crashes it. */
export interface Engine {
  /** Runs a statement apart from all others: its settings and database end with it. */
  run(request: EngineRequest): Promise<EngineAnswer>
  /** Waits for statements under way and lets go of the folder. */
  close(): Promise<void>
}

/** Opens the engine; throws chDB's error with code 76 when another process has the folder. */
export function openEngine(folder: string): Engine {
  // Held for as long as the engine lives, so that the folder's lock never lapses between statements.
  const keeper = new Session(folder)

  async function run(request: EngineRequest): Promise<EngineAnswer> {
    // `SET` stays with a session and statements on one session wait for each other: each gets its own.
    const session = new Session(folder)
    try {
      for (const statement of preludeOf(request)) await session.queryAsync(statement)
      const result = await session.queryAsync(request.sql, { format: request.defaultFormat })
      return {
        bytes: result.bytes(),
        rowsRead: result.rowsRead,
        bytesRead: result.bytesRead,
        elapsedSeconds: result.elapsed,
      }
    } finally {
      session.close()
    }
  }

  async function close(): Promise<void> {
    await drainPending()
    keeper.close()
    await drainPending()
  }
  return Object.freeze({ run, close })
}

function preludeOf({ database, settings, readOnly }: EngineRequest): readonly string[] {
  const assignments = settings.map(([name, value]) => `${name} = ${quote(value)}`)
  return [
    ...(database ? [`USE \`${database.replaceAll('`', '')}\``] : []),
    ...(assignments.length > 0 ? [`SET ${assignments.join(', ')}`] : []),
    ...(readOnly ? ['SET readonly = 2'] : []),
  ]
}
