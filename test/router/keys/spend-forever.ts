import { createSystemClock } from '../../../src/core/index.ts'
import { openLedger } from '../../../src/router/keys/ledger.ts'

// A process of its own for ledger.test.ts: spends 10 pico-USD a turn, and tells the total whenever it is on disk.
const [, , folder = ''] = process.argv
const clock = createSystemClock()
const ledger = await openLedger({ folder, clock, lock: async () => async () => {}, maxJournalLines: 7 })
for (let total = 10; ; total += 10) {
  ledger.settle({
    atMs: Math.floor(clock.epochUs() / 1000),
    keyId: 'a',
    model: 'acme/one',
    endpoint: 'a/one',
    provider: 'A Cloud',
    charged: 10n,
    held: 0n,
    promptTokens: 1,
    completionTokens: 1,
    reasoningTokens: 0,
  })
  await ledger.flush()
  process.stdout.write(`${total}\n`)
}
