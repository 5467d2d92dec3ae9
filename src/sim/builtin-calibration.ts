import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatProblem, UserError } from '../core/index.ts'
import type { Calibration } from './model/calibration.ts'
import { parseCalibration } from './model/calibration-file.ts'

const path = fileURLToPath(new URL('../../catalog/calibration/builtin.yaml', import.meta.url))

let builtin: Calibration | null = null

/** The calibration that comes with the program: read once per process. */
export function builtinCalibration(): Calibration {
  builtin ??= readCalibration([])
  return builtin
}

/**
 * Reads the built-in calibration and lays the user's files over it, the later over the earlier.
 *
 * @throws UserError E_CONFIG_INVALID with every problem of every file, E_FILE_UNREADABLE
 */
export function readCalibration(extraFiles: readonly string[]): Calibration {
  const files = [path, ...extraFiles].map(name => ({ name, text: readText(name) }))
  const parsed = parseCalibration({ files })
  if (parsed.ok) return parsed.calibration
  throw new UserError(`the calibration has ${parsed.problems.length} problem(s)`, {
    code: 'E_CONFIG_INVALID',
    hint: 'Mend the lines named above; the format is described in docs/simulator.md.',
    problems: parsed.problems.map(formatProblem),
  })
}

function readText(name: string): string {
  try {
    return readFileSync(name, 'utf8')
  } catch (cause) {
    throw new UserError(`cannot read the calibration file ${name}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Check the path and its permissions.',
      cause,
    })
  }
}
