import { describe, expect, it } from 'vitest'
import { scenarioJsonSchema } from '../../src/scenario/index.ts'
import { faultEffects } from '../../src/sim/model/fault-effects.ts'
import { limitDialects } from '../../src/sim/model/faults.ts'
import { regimeNames } from '../../src/sim/model/regimes.ts'

/** All texts that a schema names as constants or choices. */
function textsOf(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const named = [Reflect.get(node, 'const'), Reflect.get(node, 'enum')].flat()
  return [...named.filter(text => typeof text === 'string'), ...Object.values(node).flatMap(textsOf)]
}

/** The schema knows nothing of the simulation and the simulation nothing of the schema; this keeps them in step. */
describe('the scenario schema', () => {
  const texts = new Set(textsOf(scenarioJsonSchema()))

  it.each([
    ['every kind of fault', Object.keys(faultEffects)],
    ['every dialect of limits', [...limitDialects]],
    ['every regime', [...regimeNames]],
    ['every kind of market change', ['price', 'withdrawn', 'swapped', 'context']],
  ])('knows %s of the simulated providers', (_, known) => {
    expect(known.filter(text => !texts.has(text))).toEqual([])
  })
})
