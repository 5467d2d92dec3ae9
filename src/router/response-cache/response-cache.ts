import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, UserError } from '../../core/index.ts'
import { type CachedAnswer, parseCachedAnswer } from './cached-answer.ts'

/** Answers on disk, by key. Best effort: what cannot be read or written is a miss, and told to `onError`. */
export interface ResponseCache {
  /** The stored answer; null when there is none or its time is over. */
  get(key: string, nowEpochMs: number): Promise<CachedAnswer | null>
  put(key: string, answer: CachedAnswer): Promise<void>
  forget(key: string): Promise<void>
  /** Waits for what is being written. */
  close(): Promise<void>
}

/** Where answers are kept, and how much of them. */
export interface ResponseCacheOptions {
  readonly folder: string
  /** The answers stored longest ago go when all together are larger. */
  readonly maxBytes: number
  readonly onError?: (error: unknown) => void
}

/**
 * Opens the cache in `folder`, which is made when it is missing; what an earlier process stored is found again.
 * Contents of answers lie there in plain text, readable by their owner only.
 *
 * @throws UserError E_CONFIG_INVALID when the folder cannot be used.
 */
export async function openResponseCache(options: ResponseCacheOptions): Promise<ResponseCache> {
  const { folder, maxBytes, onError = () => undefined } = options
  /** Bytes by key; oldest first. */
  const sizes = await filesOf(folder)
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  let writes = 0
  const underWay = new Set<Promise<void>>()

  const fileOf = (key: string) => join(folder, `${key}.json`)

  async function forget(key: string): Promise<void> {
    total -= sizes.get(key) ?? 0
    sizes.delete(key)
    await rm(fileOf(key), { force: true }).catch(onError)
  }

  async function get(key: string, nowEpochMs: number): Promise<CachedAnswer | null> {
    if (!sizes.has(key)) return null
    const text = await readFile(fileOf(key), 'utf8').catch(() => '')
    const answer = parseCachedAnswer(text)
    if (answer && nowEpochMs < answer.storedEpochMs + answer.ttlSeconds * 1000) return answer
    await forget(key)
    return null
  }

  function put(key: string, answer: CachedAnswer): Promise<void> {
    const stored = store(key, answer).finally(() => underWay.delete(stored))
    underWay.add(stored)
    return stored
  }

  async function store(key: string, answer: CachedAnswer): Promise<void> {
    const text = JSON.stringify(answer)
    const bytes = Buffer.byteLength(text)
    if (bytes > maxBytes) return
    // A name of its own for each write: two answers to one request may be stored at once.
    writes += 1
    try {
      await writeWhole(fileOf(key), { text, part: `${fileOf(key)}.${process.pid}.${writes}.part` })
    } catch (error) {
      return onError(error)
    }
    total += bytes - (sizes.get(key) ?? 0)
    sizes.delete(key)
    sizes.set(key, bytes)
    for (const oldest of sizes.keys()) {
      if (total <= maxBytes) return
      await forget(oldest)
    }
  }

  const close = async () => void (await Promise.all(underWay))
  return Object.freeze<ResponseCache>({ get, put, forget, close })
}

async function filesOf(folder: string): Promise<Map<string, number>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = (await readdir(folder)).filter(name => /^[0-9a-f]{64}\.json$/.test(name))
    const files = await Promise.all(
      names.map(async name => {
        const { size, mtimeMs } = await stat(join(folder, name))
        return { key: name.slice(0, 64), size, mtimeMs }
      }),
    )
    return new Map(files.toSorted((a, b) => a.mtimeMs - b.mtimeMs).map(({ key, size }) => [key, size]))
  } catch (error) {
    throw new UserError(`the response cache cannot use ${folder}: ${messageOf(error)}`, {
      code: 'E_CONFIG_INVALID',
      hint: 'Name a folder that you may write to, or switch the response cache off.',
      cause: error,
    })
  }
}

/** Writes beside and renames, so that a reader never sees half an answer. */
async function writeWhole(file: string, { text, part }: { text: string; part: string }): Promise<void> {
  const handle = await open(part, 'w', 0o600)
  try {
    await handle.writeFile(text)
  } finally {
    await handle.close()
  }
  await rename(part, file)
}
