// Installs what is missing, then runs a command under the pinned Node.
// Runs on any Node from 20 on, because a fresh clone has nothing else yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.routebench-installed')
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

function isInstalled() {
  return (
    existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(join(modules, '.bin', 'node'))
  )
}

function run(command, args, env = process.env) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env })
  if (error) {
    console.error(`cannot run ${command}: ${error.message}`)
    process.exit(70)
  }
  return signal ? 130 : (status ?? 70)
}

if (!isInstalled()) {
  console.error('Installing the packages that package-lock.json names (once, under a minute) …')
  const status = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  if (status !== 0) {
    console.error('npm ci failed; see above. A network that reaches the npm registry is needed this once.')
    process.exit(status)
  }
  writeFileSync(stamp, wanted)
}

// Ctrl-C reaches the command too, which ends in its own time; its exit code is ours.
process.on('SIGINT', () => undefined)
const [command, ...args] = process.argv.slice(2)
const path = `${join(modules, '.bin')}${delimiter}${process.env.PATH}`
process.exit(run(command, args, { ...process.env, PATH: path }))
