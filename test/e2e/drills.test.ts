import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const scenarios = fileURLToPath(new URL('../../scenarios/', import.meta.url))

/** The rest of the library; library.test.ts looks closer at the others. */
const drills = [
  'failover-drill',
  'mid-stream-cut',
  'outage-day',
  'price-change',
  'provider-drift',
  'model-swap',
  'new-free-model',
  'latency-board',
  'saturation-1',
  'saturation-2',
  'soak',
]

describe('drills and boards at reduced length', () => {
  it('play to their end, and their records add up', async () => {
    await using folder = await makeTemporaryFolder()
    const files = drills.map(name => `${scenarios}${name}.yaml`)
    const run = await runCli(['run', ...files, '--limit', '4'], { cwd: folder.path })
    // A machine under load may make a run invalid, which is exit 3 and no defect.
    expect([0, 3], run.stderr).toContain(run.exitCode)
    expect(run.stdout.match(/Records add up/g)).toHaveLength(drills.length)
  }, 300_000)
})
