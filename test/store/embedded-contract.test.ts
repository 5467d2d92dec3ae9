import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedStore } from '../../src/store/index.ts'
import { describeStoreContract } from '../contract/store.contract.ts'

describeStoreContract('embedded engine', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'routebench-engine-'))
  const store = await startEmbeddedStore({ dataDir })
  return {
    url: store.url,
    close: async () => {
      await store.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
})
