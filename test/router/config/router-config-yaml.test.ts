import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseCatalog } from '../../../src/catalog/index.ts'
import {
  parseRouterConfig,
  routerConfigYaml,
  type RouterFileInput,
  routerJsonSchema,
} from '../../../src/router/index.ts'

const root = new URL('../../../', import.meta.url)
const example = readFileSync(new URL('examples/router.yaml', root), 'utf8')

function configOf(text: string | null, overrides: RouterFileInput = {}) {
  const parsed = parseRouterConfig({ file: text === null ? null : { name: 'r.yaml', text }, overrides })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.config
}

describe('routerConfigYaml', () => {
  it('prints every value, and where those come from that are no defaults', async () => {
    const text = 'routing: { max_attempts: 3 }\naccount: { ignore: [azure] }\nseed: mine'
    const yaml = routerConfigYaml(configOf(text, { listen: { port: 9000 } }))
    await expect(yaml).toMatchFileSnapshot('../../golden/router-config.yaml')
  })

  it.each([example, 'seed: 7', 'listen: { cors: true }\nproviders_url: http://127.0.0.1:1'])(
    'can be read again and means the same',
    text => {
      const config = configOf(text)
      const again = configOf(routerConfigYaml(config))
      expect(again.values).toEqual(config.values)
      expect(configOf(routerConfigYaml(again)).values).toEqual(config.values)
    },
  )
})

describe('routerJsonSchema', () => {
  it('is what schema/router.schema.json holds (docs/router.md says how to write it anew)', () => {
    const committed: unknown = JSON.parse(readFileSync(new URL('schema/router.schema.json', root), 'utf8'))
    expect(routerJsonSchema()).toEqual(committed)
  })

  it('accepts what is printed', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(routerJsonSchema())
    expect(validate(parse(routerConfigYaml(configOf(null)))), JSON.stringify(validate.errors)).toBe(true)
  })
})

describe('examples/router.yaml', () => {
  it('names its schema for editors and fits it', () => {
    expect(example.split('\n')[0]).toBe('# yaml-language-server: $schema=../schema/router.schema.json')
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(routerJsonSchema())
    expect(validate(parse(example)), JSON.stringify(validate.errors)).toBe(true)
  })

  it('agrees with the built-in catalogue', () => {
    const files = ['catalog/models.yaml', 'catalog/providers.yaml'].map(name => ({
      name,
      text: readFileSync(new URL(name, root), 'utf8'),
    }))
    const parsed = parseCatalog({ files })
    if (!parsed.ok) throw new Error('the built-in catalogue has problems')
    expect(configOf(example).problemsWith(parsed.catalog)).toEqual([])
  })

  it('holds every setting, with its default where it has one', () => {
    const defaults: object = parse(routerConfigYaml(configOf(null)))
    const { pools: _p, aliases: _a, rules: _r, keys: _k, queue: writtenQueue, ...written } = parse(example)
    const { pools, aliases, rules, keys, queue, ...expected } = Object(defaults)
    expect([pools, aliases, rules, keys, queue.providers]).toEqual([[], {}, [], [], {}])
    expect(written).toEqual(expected)
    expect({ ...writtenQueue, providers: {} }).toEqual(queue)
  })
})
