import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { orFileError } from '../file-error.ts'

/** Where one run keeps its files. */
export interface RunFolder {
  readonly path: string
  readonly journal: string
  file(
    name: 'summary.json' | 'report.html' | 'report.md' | 'scenario.resolved.yaml' | 'providers.ndjson',
  ): string
}

/** The paths of a run; touches nothing. */
function runFolder(runsFolder: string, runId: string): RunFolder {
  const path = join(runsFolder, runId)
  return { path, journal: join(path, 'journal'), file: name => join(path, name) }
}

/** Makes the folders of a run and points `latest` at it. @throws UserError E_FILE_UNREADABLE, E_DISK */
export async function createRunFolder(runsFolder: string, runId: string): Promise<RunFolder> {
  const folder = runFolder(runsFolder, runId)
  await orFileError(`make the folder of a run in ${runsFolder}`, async () => {
    await mkdir(folder.journal, { recursive: true })
    await pointLatestAt(runsFolder, runId)
  })
  return folder
}

/** Replaces the link in one step, so that `latest` is never missing. */
async function pointLatestAt(runsFolder: string, runId: string): Promise<void> {
  const temporary = join(runsFolder, `.latest-${runId}`)
  await rm(temporary, { force: true })
  await symlink(runId, temporary, 'dir')
  await rename(temporary, join(runsFolder, 'latest'))
}
