import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface LockEntry {
  readonly integrity?: string
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface Manifest {
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

const lockText = readFileSync('package-lock.json', 'utf8')
// Files that npm writes; their form is npm's promise.
const lock: { readonly packages: Readonly<Record<string, LockEntry>> } = JSON.parse(lockText)
const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))

describe('the toolchain', () => {
  it('is the pinned Node', () => {
    expect(process.version).toMatch(/^v24\./)
    expect(process.version).toBe(`v${manifest.devDependencies['node']}`)
  })

  it('has exact versions only', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })
})

describe('package-lock.json', () => {
  it('names no host, so that it installs from whichever registry is configured', () => {
    expect(lockText).not.toContain('"resolved"')
    const hosts = [...lockText.matchAll(/https?:\/\/([^/"]+)/g)].map(([, host]) => host)
    // What is left are links that say how to fund a package.
    expect(new Set(hosts)).toEqual(
      new Set([
        'github.com',
        'opencollective.com',
        'tidelift.com',
        'feross.org',
        'paypal.me',
        'www.patreon.com',
      ]),
    )
  })

  it('has a checksum for every package, but for optional ones of platforms that npm could not resolve', () => {
    const bare = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.integrity)
    // scripts/repair-lock.mjs adds these; only a machine of that platform learns their checksums.
    const unexplained = bare.filter(([, { optional, os, cpu }]) => !(optional && os && cpu))
    expect(unexplained).toEqual([])
    expect(lock.packages['node_modules/@chdb/lib-linux-x64-gnu']).toHaveProperty('integrity')
  })

  it('has every optional package that a package names, or `npm ci` refuses the lock', () => {
    const named = Object.entries(lock.packages).flatMap(([parent, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map(name => [parent, name] as const),
    )
    const missing = named.filter(
      ([parent, name]) =>
        !lock.packages[`node_modules/${name}`] && !lock.packages[`${parent}/node_modules/${name}`],
    )
    expect(missing).toEqual([])
  })

  it.each(['darwin-arm64', 'darwin-x64', 'linux-arm64-gnu', 'linux-x64-gnu'])(
    'has the embedded engine for %s, whichever machine wrote it',
    platform => {
      expect(lock.packages).toHaveProperty([`node_modules/@chdb/lib-${platform}`])
    },
  )
})

describe('the license', () => {
  it('is Apache-2.0, in full and in package.json', () => {
    expect(manifest.license).toBe('Apache-2.0')
    const text = readFileSync('LICENSE', 'utf8')
    expect(text).toContain('Apache License')
    expect(text).toContain('END OF TERMS AND CONDITIONS')
  })
})

describe('the sources', () => {
  const sources = globSync('src/**/*.ts')

  it('have no default export', () => {
    expect(sources.filter(file => /^export default\b/m.test(readFileSync(file, 'utf8')))).toEqual([])
  })

  it('have no star export', () => {
    expect(sources.filter(file => /^export \*/m.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})

describe.skipIf(!existsSync('.git'))('the committed files', () => {
  const listed = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0')
  const files = listed.filter(file => file !== '' && existsSync(file) && statSync(file).size < 2_000_000)
  const texts = files
    .map(file => [file, readFileSync(file, 'utf8')] as const)
    .filter(([, text]) => !text.includes('\0'))

  function linesWith(pattern: RegExp): string[] {
    return texts.flatMap(([file, text]) =>
      text
        .split('\n')
        .filter(line => pattern.test(line))
        .map(line => `${file}: ${line.trim().slice(0, 120)}`),
    )
  }

  it('name no path of a machine', () => {
    // The folders of people's and build machines, written so that this file does not name one.
    const roots = ['work', 'home', 'root', 'Users', 'workspace', 'mnt'].join('|')
    expect(linesWith(new RegExp(`(^|[\\s"'\`(=])/(${roots})/`))).toEqual([])
  })

  it('name no package registry', () => {
    // In pieces, as above.
    const hosts = ['registry\\.[a-z]', 'npmjs\\.', 'yarnpkg\\.']
    expect(linesWith(new RegExp(hosts.join('|')))).toEqual([])
  })

  it('end with one line break', () => {
    const broken = texts.filter(
      ([file, text]) => text !== '' && !/[^\n]\n$/.test(text) && !file.endsWith('.json'),
    )
    expect(broken.map(([file]) => file)).toEqual([])
  })
})
