import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hasCode } from './has-code.ts'
import { currentOwner, isOwnerAlive, type Owner, parseOwner } from './owner.ts'

/** A lock that was taken, or who has it (null when it changed hands just now). */
export type Lock =
  | { readonly kind: 'taken'; readonly release: () => Promise<void> }
  | { readonly kind: 'held'; readonly owner: Owner | null }

/** Takes a lock file for this process; the lock of a dead process is taken over. */
export async function takeLock(path: string): Promise<Lock> {
  const mine = `${path}.${process.pid}`
  await writeFile(mine, JSON.stringify(currentOwner()))
  try {
    if (await tryLink(mine, path)) return taken(path)
    const owner = await lockOwner(path)
    if (owner && isOwnerAlive(owner)) return { kind: 'held', owner }
    await moveDeadAway(path)
    return (await tryLink(mine, path)) ? taken(path) : { kind: 'held', owner: await lockOwner(path) }
  } finally {
    await rm(mine, { force: true })
  }
}

/** Who wrote a lock file; null when there is none. Whether that process runs is another question. */
export async function lockOwner(path: string): Promise<Owner | null> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  return text === undefined ? null : parseOwner(text)
}

function taken(path: string): Lock {
  return { kind: 'taken', release: () => rm(path, { force: true }) }
}

/** A link appears with its whole content or fails: no one reads a half-written lock. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Of several processes that try this, one moves the dead lock; one that moved a live lock puts it back. */
async function moveDeadAway(path: string): Promise<void> {
  const aside = `${path}.dead.${process.pid}`
  await rename(path, aside).catch(ignoreMissing)
  const moved = await lockOwner(aside)
  if (moved && isOwnerAlive(moved)) await tryLink(aside, path)
  await rm(aside, { force: true })
}

function ignoreMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error
}
