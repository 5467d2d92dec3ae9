import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Watches files until closed. */
export interface FileWatch {
  close(): void
}

/** What to watch, and whom to tell. */
export interface FileWatchOptions {
  readonly paths: readonly string[]
  /** The contents of one of the files have changed. */
  readonly onChange: () => void
  /** A file is empty or gone; told once, until all of them are there again. */
  readonly onAbsent: (path: string, what: 'empty' | 'gone') => void
  /** A folder cannot be watched. */
  readonly onError: (error: Error) => void
}

/** Editors write in several steps; what follows within this time belongs together. */
const settleMs = 100

/**
 * Tells when contents change. Folders are watched, not files: editors, and mounted configuration maps, put a new file in the
 * place of the old one. While a file is missing or empty, it counts as being written.
 */
export function watchFiles({ paths, onChange, onAbsent, onError }: FileWatchOptions): FileWatch {
  let known = fingerprint(paths)
  let isAbsenceTold = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  async function compare(): Promise<void> {
    const [before, now] = [await known, await fingerprint(paths)]
    if (isClosed) return
    if (now.kind === 'absent') {
      if (!isAbsenceTold) onAbsent(now.path, now.what)
      isAbsenceTold = true
      return
    }
    isAbsenceTold = false
    if (before.kind === 'whole' && now.hash === before.hash) return
    known = Promise.resolve(now)
    onChange()
  }
  const settle = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void compare(), settleMs)
  }
  const folders = new Set(paths.map(path => dirname(resolve(path))))
  const watchers = [...folders].flatMap(folder => watchFolder(folder, settle, onError))
  return Object.freeze<FileWatch>({
    close: () => {
      isClosed = true
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
    },
  })
}

function watchFolder(folder: string, onEvent: () => void, onError: (error: Error) => void): FSWatcher[] {
  try {
    return [watch(folder, { persistent: false }, onEvent).on('error', onError)]
  } catch (error) {
    onError(error instanceof Error ? error : new Error(String(error)))
    return []
  }
}

type Fingerprint =
  | { readonly kind: 'whole'; readonly hash: string }
  | { readonly kind: 'absent'; readonly path: string; readonly what: 'empty' | 'gone' }

/** Names the contents of all files, or the first of them that is missing or empty. */
async function fingerprint(paths: readonly string[]): Promise<Fingerprint> {
  const hash = createHash('sha256')
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => null)
    if (bytes === null || bytes.length === 0) {
      return { kind: 'absent', path, what: bytes === null ? 'gone' : 'empty' }
    }
    hash.update(`${bytes.length}\n`).update(bytes)
  }
  return { kind: 'whole', hash: hash.digest('hex') }
}
