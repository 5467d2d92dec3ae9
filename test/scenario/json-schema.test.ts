import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { scenarioJsonSchema } from '../../src/scenario/index.ts'
import { scenarioFileArbitrary } from './scenario-file.arbitrary.ts'

const root = new URL('../../', import.meta.url)
const scenarios = readdirSync(new URL('scenarios/', root)).filter(name => name.endsWith('.yaml'))

describe('scenarioJsonSchema', () => {
  it('is what schema/scenario.schema.json holds (docs/scenario.md says how to write it anew)', () => {
    const committed: unknown = JSON.parse(readFileSync(new URL('schema/scenario.schema.json', root), 'utf8'))
    expect(scenarioJsonSchema()).toEqual(committed)
  })

  it('accepts every scenario that the parser accepts', () => {
    const validate = new Ajv2020({ strict: false }).compile(scenarioJsonSchema())
    fc.assert(
      fc.property(scenarioFileArbitrary, file => {
        expect(validate(file), JSON.stringify(validate.errors)).toBe(true)
      }),
    )
  })

  it.each(scenarios)('is named by scenarios/%s for editors, and accepts it', name => {
    const text = readFileSync(new URL(`scenarios/${name}`, root), 'utf8')
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schema/scenario.schema.json')
    const validate = new Ajv2020({ strict: false }).compile(scenarioJsonSchema())
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true)
  })
})
