import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The layer table: a folder may import folders of lower rows only. README.md and docs/architecture.md print it. */
const rows = [
  { level: 7, folders: ['cli'] },
  { level: 6, folders: ['report', 'dashboards'] },
  { level: 5, folders: ['router', 'replay', 'store', 'telemetry'] },
  { level: 4, folders: ['wire', 'sim'] },
  { level: 3, folders: ['policy', 'scenario', 'record'] },
  { level: 2, folders: ['catalog', 'health'] },
  { level: 1, folders: ['document'] },
  { level: 0, folders: ['core'] },
]

/** Reports read the store, never an engine: narrower than their row. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  report: ['router', 'replay', 'telemetry'],
  dashboards: ['router', 'replay', 'telemetry'],
}

/** Folders that touch no I/O, clock, timer or chance, and the outside modules they may use. */
const pureFolders = [
  'core',
  'document',
  'catalog',
  'health',
  'record',
  'scenario',
  'policy',
  'sim/model',
  'report/stats',
]
const pureModules = new Set(['node:crypto', 'node:util', 'zod', 'yaml', 'ajv', 'ajv/dist/2020.js'])

const levels = new Map(rows.flatMap(({ level, folders }) => folders.map(folder => [folder, level] as const)))

interface Import {
  readonly from: string
  /** Path below src for a relative import, module name otherwise. */
  readonly to: string
  readonly isRelative: boolean
}

const files = globSync('src/**/*.ts').map(file => file.slice('src/'.length))
const imports = files.flatMap(importsOf)

/** Static, type-only, re-exporting, dynamic and `import('…')` type imports alike. */
function importsOf(from: string): Import[] {
  const source = readFileSync(join('src', from), 'utf8')
  const statement =
    /^(?:import|export)\s[^'"`;=()]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm
  return [...source.matchAll(statement)].map(match => {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    const isRelative = target.startsWith('.')
    return { from, isRelative, to: isRelative ? relative('.', join(dirname(from), target)) : target }
  })
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? ''
}

function isPure(file: string): boolean {
  return pureFolders.some(folder => file.startsWith(`${folder}/`))
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true
  const [upper, lower] = [levels.get(from), levels.get(to)]
  if (upper === undefined || lower === undefined) return false
  return lower < upper && !forbidden[from]?.includes(to)
}

/** The rows of a printed table: a digit, then folder names set apart by two spaces or more, then words. */
function printedRows(markdown: string) {
  return [...markdown.matchAll(/^(\d) {2}(.+)$/gm)].map(([, level, text = '']) => {
    const names = text.split(/ {2,}/).map(name => name.replace(/ \(.*\)$/, '').trim())
    const end = names.findIndex(name => !levels.has(name))
    return { level: Number(level), folders: end === -1 ? names : names.slice(0, end) }
  })
}

describe('the layers of src', () => {
  it('find what there is to check', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(imports.length).toBeGreaterThan(files.length)
  })

  it('hold every file in a folder of the table', () => {
    expect(files.filter(file => !levels.has(folderOf(file)))).toEqual([])
  })

  it('import downwards only', () => {
    const broken = imports
      .filter(({ from, to, isRelative }) => isRelative && !mayImport(folderOf(from), folderOf(to)))
      .map(({ from, to }) => `${from}: ${folderOf(from)} -> ${to}`)
    expect(broken).toEqual([])
  })

  it('enter another folder by its index and their own by its files', () => {
    const broken = imports
      .filter(({ isRelative }) => isRelative)
      .filter(({ from, to }) => (folderOf(from) === folderOf(to)) === (to === `${folderOf(to)}/index.ts`))
      .map(({ from, to }) => `${from}: ${to}`)
    expect(broken).toEqual([])
  })

  it('name every file they import with its ending, and only files that exist', () => {
    const broken = imports.filter(({ to, isRelative }) => isRelative && !files.includes(to))
    expect(broken).toEqual([])
  })

  it('keep pure folders free of modules that do I/O', () => {
    const broken = imports
      .filter(({ from, isRelative }) => isPure(from) && !isRelative)
      .filter(({ to }) => !pureModules.has(to))
      .map(({ from, to }) => `${from}: ${to}`)
    expect(broken).toEqual([])
  })

  it.each(['README.md', 'docs/architecture.md'])('are printed in %s as they are', file => {
    expect(printedRows(readFileSync(file, 'utf8'))).toEqual(rows)
  })
})

describe('the files of src', () => {
  it('have names that say what is inside', () => {
    const drawers = /(^|\/)(utils?|helpers?|common|shared|misc)(\/|\.ts$)|(^|\/)types\//
    expect(files.filter(file => drawers.test(file))).toEqual([])
    expect(files.filter(file => !/^[a-z0-9-]+(\/[a-z0-9-]+)*\.ts$/.test(file))).toEqual([])
  })

  it('are at most 300 lines long', () => {
    const lengths = files.map(
      file => [file, readFileSync(join('src', file), 'utf8').trimEnd().split('\n').length] as const,
    )
    expect(lengths.filter(([, lines]) => lines > 300)).toEqual([])
  })
})

/** Nothing imports the command line, so it has no index. */
const entered = [...levels.keys()].filter(folder => folder !== 'cli' && existsSync(join('src', folder)))

describe.each(entered)('src/%s', folder => {
  it('is entered by an index that says what it is and lists every export', () => {
    const index = readFileSync(join('src', folder, 'index.ts'), 'utf8')
    expect(index).toMatch(/^\/\/ .+/)
    const code = index.replaceAll(/^\/\/.*$/gm, '').trim()
    expect(code.replaceAll(/^export (type )?\{[^}]*\} from '\.\/[^']+'$/gm, '').trim()).toBe('')
    const exported = [...code.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type, list = '']) =>
      list
        .split(',')
        .map(name => name.trim())
        .filter(name => name !== '' && type === undefined && !name.startsWith('type ')),
    )
    expect(exported.length, exported.join(' ')).toBeLessThanOrEqual(20)
  })
})
