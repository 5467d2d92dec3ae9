import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../src/core/index.ts'
import { parseScenario } from '../../src/scenario/index.ts'
import { createRegimeProcess, type RegimeName } from '../../src/sim/model/regimes.ts'
import { runCli } from '../support/run-cli.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const file = fileURLToPath(new URL('../../scenarios/outage-day.yaml', import.meta.url))

/** What fails a request that meets it, and counts against uptime. */
const failing = new Set<RegimeName>(['erroring', 'down'])
const runMs = 120_000
const stepMs = 10

describe('scenarios/outage-day.yaml', () => {
  it('has every host up 95 to 99 % of the time', async () => {
    const parsed = parseScenario({ file, text: await readFile(file, 'utf8') })
    if (!parsed.ok) throw new Error('the scenario has problems')
    const { seed, simulation } = parsed.scenario
    const uptimes = simulation.regimes.map(({ provider, course }) => {
      if (course.kind !== 'drawn') throw new Error('the regimes are no longer drawn')
      const meanMs = Object.fromEntries(
        Object.entries(course.meanSeconds).map(([name, seconds]) => [name, seconds * 1000]),
      )
      const fork = createRng(seed).fork(`regime/${provider}/`)
      const process = createRegimeProcess({ kind: 'drawn', meanMs }, fork)
      const steps = Array.from({ length: runMs / stepMs }, (_, at) => process.at(at * stepMs))
      return 1 - steps.filter(regime => failing.has(regime)).length / steps.length
    })
    expect(uptimes).toHaveLength(7)
    expect(Math.min(...uptimes)).toBeGreaterThanOrEqual(0.95)
    expect(Math.max(...uptimes)).toBeLessThanOrEqual(0.99)
  })

  it('answers every request that may choose its host, at a twentieth of its length', async () => {
    await using folder = await makeTemporaryFolder()
    const run = await runCli(['run', file, '--limit', '150'], { cwd: folder.path })
    // A machine under load may make a run invalid, which is exit 3 and no defect.
    expect([0, 3], run.stderr).toContain(run.exitCode)
    expect(run.stdout).toMatch(/Request success +\S+ % +100 %/)
  }, 120_000)
})
