import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { exitCodes, UserError } from '../../core/index.ts'
import {
  listSegments,
  migrationStatus,
  recoverJournal,
  segmentPath,
  startEmbeddedStore,
  storeTables,
  uploadJournal,
} from '../../store/index.ts'
import { orFileError } from '../file-error.ts'
import { openConfiguredStore } from '../open-configured-store.ts'
import { defaultFolders } from '../paths.ts'
import { aborted } from './aborted.ts'
import type { CommandContext } from './context.ts'
import { parsePort } from './options.ts'

interface StoreFlags {
  readonly store: string
}

const storeOption = [
  '--store <folder>',
  'folder of the embedded store (unused with CLICKHOUSE_URL)',
  defaultFolders.store,
] as const

/** `routebench store …`: serve the embedded engine, bring a schema up to date, look, load journals. */
export function addStoreCommands(program: Command, context: CommandContext): void {
  const store = program
    .command('store')
    .description('the store: embedded ClickHouse, or the server in CLICKHOUSE_URL')
  addServe(store, context)
  store
    .command('migrate')
    .description('bring the schema up to date')
    .option(...storeOption)
    .action((flags: StoreFlags) => showStatus(flags, context, { keepsSchema: false }))
  store
    .command('status')
    .description('where the store is, its schema, and how many rows it holds')
    .option(...storeOption)
    .action((flags: StoreFlags) => showStatus(flags, context, { keepsSchema: true }))
  store
    .command('load')
    .description('upload the journals of run folders; rows that are already there are not stored twice')
    .argument('<folder...>', 'run folders, or folders of a journal')
    .option(...storeOption)
    .action((folders: readonly string[], flags: StoreFlags) => load(folders, flags, context))
}

function addServe(store: Command, { stderr, interrupted, setExitCode }: CommandContext): void {
  store
    .command('serve')
    .description('serve the embedded engine over ClickHouse’s HTTP interface on loopback, until stopped')
    .option('--port <port>', 'port; 0 takes a free one', parsePort, 8123)
    .option(...storeOption)
    .action(async (flags: StoreFlags & { readonly port: number }) => {
      const engine = await startEmbeddedStore({ dataDir: flags.store, port: flags.port })
      stderr.write(`store: ${engine.url} · database routebench · data in ${flags.store} · Ctrl-C stops\n`)
      stderr.write(
        `  curl '${engine.url}/?database=routebench' --data 'SELECT * FROM requests LIMIT 1 FORMAT Vertical'\n`,
      )
      await Promise.race([aborted(interrupted), engine.exited])
      await engine.close()
      setExitCode(exitCodes.ok)
    })
}

interface StatusOptions {
  readonly keepsSchema: boolean
}

/** Prints where the store is, how its schema stands and how many rows it holds. */
async function showStatus(
  flags: StoreFlags,
  { env, stdout, setExitCode }: CommandContext,
  { keepsSchema }: StatusOptions,
): Promise<void> {
  const { store, close } = await openConfiguredStore({ env, folder: flags.store, keepsSchema })
  try {
    const { state, applied, known, pending } = await migrationStatus(store)
    stdout.write(`store ${store.url}, database ${store.database}\n`)
    stdout.write(`  schema ${state}: ${applied} of ${known} applied\n`)
    for (const name of pending) stdout.write(`  pending: ${name}\n`)
    if (state === 'current') {
      for (const table of storeTables) {
        const [row] = await store.query<{ readonly rows: string }>(rowCountSql(table))
        stdout.write(`  ${table.padEnd(12)} ${row?.rows ?? '0'} ${table === 'runs' ? 'runs' : 'rows'}\n`)
      }
    }
    setExitCode(exitCodes.ok)
  } finally {
    await close()
  }
}

/** A run has a row per state; people count runs. */
function rowCountSql(table: string): string {
  return table === 'runs'
    ? 'SELECT uniqExact(run_id) AS rows FROM runs'
    : `SELECT count() AS rows FROM ${table}`
}

async function load(folders: readonly string[], flags: StoreFlags, context: CommandContext): Promise<void> {
  const journals = await Promise.all(folders.map(async folder => ({ folder, dir: await journalOf(folder) })))
  const { store, close } = await openConfiguredStore({ env: context.env, folder: flags.store })
  try {
    for (const { folder, dir } of journals) {
      const { segments, rows } = await orFileError(`load the journal ${dir}`, async () => {
        await recoverJournal(dir)
        return await uploadJournal({ dir, store, signal: context.interrupted })
      })
      context.stdout.write(`${folder}: ${rows} rows from ${segments} segments\n`)
    }
    context.setExitCode(exitCodes.ok)
  } finally {
    await close()
  }
}

/** The journal of a run folder, or the folder itself. @throws UserError E_FILE_UNREADABLE */
async function journalOf(folder: string): Promise<string> {
  const inside = join(folder, 'journal')
  const isRun = await stat(inside).then(
    found => found.isDirectory(),
    () => false,
  )
  const dir = isRun ? inside : folder
  const found = await orFileError(`read the folder ${folder}`, () => stat(dir))
  if (!found.isDirectory()) throw notAJournal(`${folder} is no folder`)
  for (const segment of await orFileError(`read the folder ${dir}`, () => listSegments(dir))) {
    const path = segmentPath(segment)
    if (!(await stat(path)).isFile()) throw notAJournal(`${path} has the name of a segment and is no file`)
  }
  return dir
}

function notAJournal(reason: string): UserError {
  return new UserError(`cannot load ${reason}`, {
    code: 'E_FILE_UNREADABLE',
    hint: 'Name the folder of a run, such as runs/latest, or a journal.',
  })
}
