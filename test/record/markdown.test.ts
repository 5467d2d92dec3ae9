import { describe, expect, it } from 'vitest'
import { recordsMarkdown, recordTables } from '../../src/record/index.ts'

describe('recordsMarkdown', () => {
  it('is what docs/records.md holds ("npx vitest run test/record -u" writes it)', async () => {
    await expect(recordsMarkdown()).toMatchFileSnapshot('../../docs/records.md')
  })

  it('has one line for each column of each table', () => {
    const lines = recordsMarkdown().split('\n')
    const columns = Object.values(recordTables).flatMap(Object.keys)
    expect(lines.filter(line => line.startsWith('| `'))).toHaveLength(columns.length)
  })
})
