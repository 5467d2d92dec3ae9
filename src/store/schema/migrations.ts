import { createHash } from 'node:crypto'
import { deduplicationWindowStatements } from './deduplication-window.ts'
import { recordTableStatements } from './record-tables.ts'
import { spanTableStatement } from './span-table.ts'
import type { SchemaTarget } from './target.ts'
import { versionThreeStatements } from './version-three.ts'
import { versionTwoStatements } from './version-two.ts'

/** One forward step of the schema. Its statements can be run again without harm. */
export interface Migration {
  readonly id: number
  readonly name: string
  readonly statements: (target: SchemaTarget) => readonly string[]
  /** Checksums that this step had in earlier programs; stores made by those are accepted. */
  readonly formerChecksums: readonly string[]
}

/**
 * Every step, in order. The first creates the tables in the shape the record has today. When a column is
 * added, add a step with `ALTER TABLE … ADD COLUMN IF NOT EXISTS` (nothing to do on a new store) and put the
 * first step's old checksum into its `formerChecksums`; a test fails until that is done.
 */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'record tables',
    statements: recordTableStatements,
    formerChecksums: [
      'c3ea91457d9c1581883ad7f655315ad7e03ad0735fbac0a09fc7f19f672c8d4b',
      '79f6d5f853094453a01bb87fdd5f64499819fa8b98c419d0f8d3383781f635ff',
    ],
  },
  { id: 2, name: 'spans', statements: target => [spanTableStatement(target)], formerChecksums: [] },
  { id: 3, name: 'deduplication window', statements: deduplicationWindowStatements, formerChecksums: [] },
  { id: 4, name: 'columns of version 2', statements: versionTwoStatements, formerChecksums: [] },
  { id: 5, name: 'states of endpoints', statements: versionThreeStatements, formerChecksums: [] },
]

/** SHA-256 over the statements a migration has for a plain server. */
export function checksumOf(migration: Migration): string {
  const statements = migration.statements({ database: 'routebench' })
  return createHash('sha256').update(statements.join(';\n')).digest('hex')
}
