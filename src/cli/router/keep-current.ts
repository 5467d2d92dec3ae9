import type { Path } from '../../document/index.ts'
import { UserError } from '../../core/index.ts'
import { valueAt } from '../../document/index.ts'
import { printError } from '../print-error.ts'
import type { RunningRole } from '../roles/role-process.ts'
import { type LoadedRouter, loadRouter, type RouterSource } from './load-router.ts'
import { type FileWatch, watchFiles } from './watch-files.ts'

/** A running router and what it was started with. */
export interface KeepCurrentOptions {
  readonly role: RunningRole
  readonly source: RouterSource
  readonly loaded: LoadedRouter
  readonly stderr: NodeJS.WriteStream
  /** Calls back for each SIGHUP. */
  readonly onHangup: (listener: () => void) => void
}

/** What is fixed once the router listens. */
const fixed: readonly Path[] = [
  ['listen', 'host'],
  ['listen', 'port'],
  ['seed'],
  ['records', 'journal'],
  ['records', 'store'],
  ['records', 'ledger'],
  ['response_cache', 'enabled'],
  ['response_cache', 'folder'],
  ['response_cache', 'max_bytes'],
]

/**
 * Loads the configuration anew on SIGHUP and whenever one of its files changes, and hands it to the router as a whole. What is
 * wrong with it is printed, and the router goes on with what it has.
 *
 * @returns what ends it.
 */
export function keepCurrent({ role, source, loaded, stderr, onHangup }: KeepCurrentOptions): () => void {
  const started = loaded.config.values
  let current = loaded
  let watching: FileWatch | null = null
  let busy: Promise<void> | null = null
  let isAskedAgain = false
  let isOver = false

  async function reload(why: string): Promise<void> {
    try {
      const next = await loadRouter(source)
      if (isOver) return
      requireKeysStay(current, next)
      await role.reload(next.routing)
      stderr.write(`configuration reloaded: ${why}\n`)
      for (const path of fixed) {
        if (valueAt(next.config.values, path) === valueAt(started, path)) continue
        stderr.write(`  ${path.join('.')} takes effect at the next start\n`)
      }
      current = next
      follow()
    } catch (thrown) {
      printError(thrown, stderr)
      stderr.write('the router goes on with the configuration it has\n')
    }
  }

  /** One at a time; what is asked for meanwhile is done once, after it. */
  function ask(why: string): void {
    isAskedAgain = busy !== null
    busy ??= reload(why).finally(() => {
      busy = null
      if (isAskedAgain) ask(why)
    })
  }

  function follow(): void {
    watching?.close()
    watching = watchFiles({
      paths: current.files,
      onChange: () => ask('a file has changed'),
      onAbsent: (path, what) =>
        stderr.write(`${path} is ${what}: the last good configuration keeps serving\n`),
      onError: ({ message }) => stderr.write(`changes of files go unseen, send SIGHUP instead: ${message}\n`),
    })
  }
  onHangup(() => {
    if (!isOver) ask('SIGHUP')
  })
  follow()
  return () => {
    isOver = true
    watching?.close()
  }
}

/** A file that was cut short must not open the door. @throws UserError E_CONFIG_INVALID */
function requireKeysStay(current: LoadedRouter, next: LoadedRouter): void {
  const known = current.config.values.keys.length
  if (known === 0 || next.config.values.keys.length > 0) return
  throw new UserError(`the new configuration has no keys, the running one has ${known}`, {
    code: 'E_CONFIG_INVALID',
    hint: 'To go on without keys would let everybody in; restart the router if you mean it.',
  })
}
