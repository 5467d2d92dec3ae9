import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { formatProblem } from '../../src/core/index.ts'
import { parseScenario, resolvedScenarioYaml, type Scenario } from '../../src/scenario/index.ts'
import { scenarioFileArbitrary } from './scenario-file.arbitrary.ts'

function scenarioOf(text: string): Scenario {
  const parsed = parseScenario({ file: 's.yaml', text })
  if (!parsed.ok) throw new Error(`${parsed.problems.map(formatProblem).join('\n')}\n${text}`)
  return parsed.scenario
}

describe('resolvedScenarioYaml', () => {
  it('gives an equal scenario when parsed again, for any scenario', () => {
    fc.assert(
      fc.property(scenarioFileArbitrary, file => {
        const scenario = scenarioOf(stringify(file))
        expect(scenarioOf(resolvedScenarioYaml(scenario))).toEqual(scenario)
      }),
      { numRuns: 150 },
    )
  })

  it('is the same text when resolved twice', () => {
    fc.assert(
      fc.property(scenarioFileArbitrary, file => {
        const once = resolvedScenarioYaml(scenarioOf(stringify(file)))
        expect(resolvedScenarioYaml(scenarioOf(once))).toBe(once)
      }),
      { numRuns: 50 },
    )
  })

  it.each(['quickstart', 'agentic-coding', 'load-200rps'])('keeps scenarios/%s.yaml as it is', name => {
    const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url)
    const scenario = scenarioOf(readFileSync(file, 'utf8'))
    expect(scenarioOf(resolvedScenarioYaml(scenario))).toEqual(scenario)
  })
})
