import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCatalog } from '../../src/catalog/index.ts'
import { createRng } from '../../src/core/index.ts'
import { buildPlan, parseScenario, requiredFiles, type Scenario } from '../../src/scenario/index.ts'

const paths = globSync('scenarios/*.yaml').toSorted()
/** Recorded sessions that are not part of the project. */
const downloaded = new Set(['../data/sessions.jsonl'])
const catalogFiles = ['catalog/*.yaml', 'scenarios/catalogs/*.yaml'].flatMap(glob =>
  globSync(glob).toSorted(),
)
/** Two that are not questions: a first look, and the load of the bench. */
const withoutQuestion = new Set(['quickstart.yaml', 'load-200rps.yaml'])

function scenarioIn(path: string): Scenario {
  const parsed = parseScenario({ file: path, text: readFileSync(path, 'utf8') })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.scenario
}

const parsedCatalog = parseCatalog({
  files: catalogFiles.map(name => ({ name, text: readFileSync(name, 'utf8') })),
})

describe.each(paths)('%s', path => {
  const header = readFileSync(path, 'utf8').split(/^version:/m)[0] ?? ''

  it('is named like its file', () => {
    expect(scenarioIn(path).name).toBe(basename(path, '.yaml'))
  })

  it.skipIf(withoutQuestion.has(basename(path)))('says which question it answers', () => {
    expect(header).toMatch(/\?/)
  })

  it('makes the same plan twice', () => {
    const scenario = scenarioIn(path)
    const names = requiredFiles(scenario)
    if (names.some(name => downloaded.has(name))) return
    const files = new Map(names.map(name => [name, readFileSync(join(dirname(path), name), 'utf8')]))
    const plan = () => buildPlan({ scenario, files, rng: createRng(scenario.seed) })
    const made = plan()
    expect(made.requests.length).toBeGreaterThan(0)
    expect(plan().hash).toBe(made.hash)
  })

  it('asks for models, and changes hosts, that the catalogue knows', () => {
    if (!parsedCatalog.ok) throw new Error(JSON.stringify(parsedCatalog.problems))
    const { models, providers } = parsedCatalog.catalog
    const { arms, simulation } = scenarioIn(path)
    for (const { model, parameters } of arms) {
      const chain = Array.isArray(parameters['models']) ? parameters['models'] : []
      for (const id of [model, ...chain]) expect([...models.keys()]).toContain(id)
    }
    const targets = [...simulation.faults, ...simulation.regimes, ...simulation.changes]
    for (const { provider } of targets) expect([...providers.keys()]).toContain(provider)
  })

  it('is listed in docs/scenario.md', () => {
    const name = basename(path).replace(/-[1-3]\.yaml$/, '-*.yaml')
    expect(readFileSync('docs/scenario.md', 'utf8')).toContain(`scenarios/${name}`)
  })
})
