import { ClickHouseError } from '@clickhouse/client'
import { UserError } from '../core/index.ts'
import { migrationTableStatement } from './schema/migration-table.ts'
import { checksumOf, type Migration, migrations } from './schema/migrations.ts'
import { type SchemaTarget, tableName } from './schema/target.ts'
import type { Store } from './store.ts'

/** How a store's schema stands to this program's. */
export interface MigrationStatus {
  /**
   * `current`: the same. `behind`: `migrate` brings it up. `newer`: made by a newer program.
   * `changed`: a step was applied in another shape than this program knows.
   */
  readonly state: 'current' | 'behind' | 'newer' | 'changed'
  /** Highest migration the store has; 0 for none. */
  readonly applied: number
  /** Highest migration this program knows. */
  readonly known: number
  /** Names of the steps that `migrate` would do. */
  readonly pending: readonly string[]
}

export interface MigrateOptions {
  /** Replicated engines and `ON CLUSTER`; default a plain server. */
  readonly replicated?: boolean
  readonly cluster?: string
}

interface AppliedMigration {
  readonly id: number
  readonly checksum: string
}

/** Reads how the store's schema stands; changes nothing. A store without the database counts as empty. */
export async function migrationStatus(store: Store): Promise<MigrationStatus> {
  const applied = await readApplied(store)
  const known = migrations.at(-1)?.id ?? 0
  const highest = Math.max(0, ...applied.map(({ id }) => id))
  const checksums = new Map(applied.map(({ id, checksum }) => [id, checksum]))
  const pending = migrations.filter(({ id }) => !checksums.has(id))
  const changed = migrations.some(migration => isChanged(migration, checksums.get(migration.id)))
  return {
    state: stateOf({ newer: highest > known, changed, behind: pending.length > 0 }),
    applied: highest,
    known,
    pending: pending.map(({ name }) => name),
  }
}

/**
 * Brings the store's schema up to this program's; does nothing when it is. Only ever forward, and safe to run
 * twice or from two processes.
 *
 * @throws UserError E_STORE_SCHEMA when the store is newer than the program, has a step in another shape, or took
 *   the steps and does not have them.
 */
export async function migrate(store: Store, options: MigrateOptions = {}): Promise<MigrationStatus> {
  await store.createDatabase()
  const target: SchemaTarget = { database: store.database, ...options }
  await store.command(migrationTableStatement(target))
  const status = await migrationStatus(store)
  refuse(status, store)
  const appliedIds = new Set((await readApplied(store)).map(({ id }) => id))
  for (const migration of migrations) {
    if (!appliedIds.has(migration.id)) await apply(store, target, migration)
  }
  const reached = await migrationStatus(store)
  if (reached.state !== 'current') throw notTaken(reached, store)
  return reached
}

async function apply(store: Store, target: SchemaTarget, migration: Migration): Promise<void> {
  for (const statement of migration.statements(target)) await store.command(statement)
  await store.command(
    `INSERT INTO ${tableName(target, 'schema_migrations')} (id, name, checksum) SELECT {id:UInt32}, {name:String}, {checksum:String}`,
    { id: migration.id, name: migration.name, checksum: checksumOf(migration) },
  )
}

async function readApplied(store: Store): Promise<readonly AppliedMigration[]> {
  try {
    return await store.query<AppliedMigration>('SELECT id, checksum FROM schema_migrations FINAL ORDER BY id')
  } catch (error) {
    // No database (81) or no such table (60): nothing was applied yet.
    if (error instanceof ClickHouseError && ['60', '81'].includes(error.code)) return []
    throw error
  }
}

function isChanged(migration: Migration, applied: string | undefined): boolean {
  return applied !== undefined && ![checksumOf(migration), ...migration.formerChecksums].includes(applied)
}

function stateOf(facts: { newer: boolean; changed: boolean; behind: boolean }): MigrationStatus['state'] {
  if (facts.newer) return 'newer'
  if (facts.changed) return 'changed'
  return facts.behind ? 'behind' : 'current'
}

function refuse({ state, applied, known }: MigrationStatus, { url, database }: Store): void {
  const place = `database ${database} at ${url}`
  if (state === 'newer') {
    throw new UserError(
      `the schema of ${place} is at step ${applied}, newer than step ${known} of this program`,
      {
        code: 'E_STORE_SCHEMA',
        hint: 'Use the routebench version that made it, or a newer one.',
      },
    )
  }
  if (state === 'changed') {
    throw new UserError(`the schema of ${place} was made by another build of routebench`, {
      code: 'E_STORE_SCHEMA',
      hint: 'Use the build that made it, or another database or data folder; journals can be loaded again.',
    })
  }
}

function notTaken({ applied, known }: MigrationStatus, { url, database }: Store): UserError {
  return new UserError(
    `database ${database} at ${url} accepted the schema and is at step ${applied} of ${known} all the same`,
    {
      code: 'E_STORE_SCHEMA',
      hint: 'Check that CLICKHOUSE_URL is one ClickHouse server, not something that spreads statements over several.',
    },
  )
}
