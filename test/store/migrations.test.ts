import { describe, expect, it } from 'vitest'
import { checksumOf, migrations } from '../../src/store/schema/migrations.ts'

describe('migrations', () => {
  it('have ids from 1 without gaps', () => {
    expect(migrations.map(({ id }) => id)).toEqual(migrations.map((_, index) => index + 1))
  })

  it('have the checksums that stores were made with', () => {
    // When this fails, a record column changed: stores that exist lack it. Before the first release, write the
    // new checksum here. After it, add a migration that alters the tables and keep the old checksum in
    // `formerChecksums` of the step that changed; see src/store/schema/migrations.ts.
    expect(migrations.map(one => [one.name, checksumOf(one).slice(0, 16)])).toMatchInlineSnapshot(`
      [
        [
          "record tables",
          "0ec261ec78521b96",
        ],
        [
          "spans",
          "6a4cd0673dc10953",
        ],
        [
          "deduplication window",
          "d0fe99b2eb8b4d43",
        ],
        [
          "columns of version 2",
          "c839aa8649c85e39",
        ],
        [
          "states of endpoints",
          "0cf5922e08bfda9c",
        ],
      ]
    `)
  })

  it('are written for a cluster by the target alone', () => {
    const target = { database: 'rb', replicated: true, cluster: 'main' }
    for (const statement of migrations.flatMap(one => one.statements(target))) {
      expect(statement).toContain('ON CLUSTER `main`')
      if (statement.startsWith('CREATE TABLE')) {
        expect(statement).toMatch(
          /ENGINE = Replicated(Replacing)?MergeTree\('\/clickhouse\/tables\/\{uuid\}\/\{shard\}', '\{replica\}'/,
        )
      } else {
        expect(statement).toMatch(
          /^ALTER TABLE .* (MODIFY SETTING replicated_deduplication_window = 100000|ADD COLUMN|MODIFY COLUMN|MODIFY TTL)/,
        )
      }
      expect(statement).toContain('`rb`.')
    }
  })
})
