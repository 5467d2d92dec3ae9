import { describe, expect, it } from 'vitest'
import { openConfiguredStore } from '../../src/cli/open-configured-store.ts'
import { migrationStatus } from '../../src/store/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

const insertRun = "INSERT INTO runs (run_id, version) VALUES ('a', 1)"

describe('openConfiguredStore', () => {
  it('serves two users of one folder, the second also after the first has ended its engine', async () => {
    const folder = await temporaryFolder()
    const [first, second] = await Promise.all([
      openConfiguredStore({ env: {}, folder }),
      openConfiguredStore({ env: {}, folder }),
    ])
    await first.store.command(insertRun)
    await first.close()
    expect((await migrationStatus(second.store)).state).toBe('current')
    const third = await openConfiguredStore({ env: {}, folder })
    await second.close()
    const counts = await Promise.all(
      [0, 1].map(() => third.store.query<{ n: string }>('SELECT count() AS n FROM runs')),
    )
    expect(counts).toEqual([[{ n: '1' }], [{ n: '1' }]])
    await third.close()
  }, 30_000)
})
