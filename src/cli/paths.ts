import { fileURLToPath } from 'node:url'

/** Folder of the project or of the installed package: holds `catalog/`, `scenarios/` and `package.json`. */
export const packageRoot: string = fileURLToPath(new URL('../../', import.meta.url))

/** Folders below the working directory that hold what the program keeps. */
export const defaultFolders = { runs: 'runs', store: '.routebench/store' } as const
