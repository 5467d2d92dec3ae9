import { describe, it } from 'vitest'
import { describeStoreContract } from '../contract/store.contract.ts'

const url = process.env['CLICKHOUSE_URL']

if (url) describeStoreContract('ClickHouse server', async () => ({ url, close: async () => {} }))
else describe.skip('store contract: ClickHouse server', () => it('runs when CLICKHOUSE_URL is set', () => {}))
