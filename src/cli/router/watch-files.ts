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
  /** A folder cannot be watched. */
  readonly onError: (error: Error) => void
}

/** Editors write in several steps; what follows within this time belongs together. */
const settleMs = 100

/**
 * Tells when contents change. Folders are watched, not files: editors, and mounted configuration maps, put a new file in the
 * place of the old one. While a file is missing or empty, it counts as being written.
 */
export function watchFiles({ paths, onChange, onError }: FileWatchOptions): FileWatch {
  let known = fingerprint(paths)
  let timer: NodeJS.Timeout | undefined

  async function compare(): Promise<void> {
    const [before, now] = [await known, await fingerprint(paths)]
    if (now === null || now === before) return
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

/** Names the contents of all files; null while one of them is missing or empty. */
async function fingerprint(paths: readonly string[]): Promise<string | null> {
  const hash = createHash('sha256')
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => null)
    if (bytes === null || bytes.length === 0) return null
    hash.update(`${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}
