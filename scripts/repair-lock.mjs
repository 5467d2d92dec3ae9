// Adds chdb's optional platform packages to package-lock.json.
// Why: npm leaves out optional packages that cannot be resolved on the machine that wrote the lock,
// and `npm ci` then refuses the lock on every machine. Run after adding or updating chdb.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const wanted = lock.packages['node_modules/chdb'].optionalDependencies

for (const [name, version] of Object.entries(wanted)) {
  const key = `node_modules/${name}`
  if (lock.packages[key]) continue
  const [, os, cpu, libc] = name.match(/lib-(\w+)-(x64|arm64)(?:-(\w+))?$/)
  lock.packages[key] = {
    version,
    cpu: [cpu],
    ...(libc && { libc: ['glibc'] }),
    license: 'Apache-2.0',
    optional: true,
    os: [os],
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
