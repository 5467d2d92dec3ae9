import { join } from 'node:path'
import type { Command } from 'commander'
import { exitCodes, formatUsd } from '../../core/index.ts'
import { parseProviderLog, reconcile, type Reconciliation } from '../../sim/index.ts'
import { plainTable } from '../plain-table.ts'
import { readTextFile } from '../read-file.ts'
import { readAttempts } from '../run/read-attempts.ts'
import type { CommandContext } from './context.ts'

const noLogHint =
  'Check the path; a run keeps the log only when asked to: run again with --provider-log, or name a log with --log.'

/** Differences that are printed one by one. */
const maxShown = 50

/** `routebench providers reconcile`: a run's attempts against what its simulated providers logged. */
export function addReconcileCommand(providers: Command, { stdout, setExitCode }: CommandContext): void {
  providers
    .command('reconcile')
    .description('compare a run’s records with its provider log: requests, tokens, cost, cancellations')
    .argument('<run folder>', 'such as runs/latest; the run must have kept providers.ndjson')
    .option('--log <file>', 'the provider log, when it is not in the run’s folder')
    .action(async (folder: string, _flags: object, command: Command) => {
      // The flag has the name of one of `providers` itself, which takes it when it stands before `reconcile`.
      const { log = join(folder, 'providers.ndjson') } = command.optsWithGlobals<{ log?: string }>()
      const lines = parseProviderLog({ file: log, text: await readTextFile(log, 'provider log', noLogHint) })
      const result = reconcile(lines, await readAttempts(join(folder, 'journal')))
      stdout.write(`${textOf(result)}\n`)
      setExitCode(result.differences.length === 0 ? exitCodes.ok : exitCodes.invalid)
    })
}

function textOf({ log, run, differences, unknownCost }: Reconciliation): string {
  const totals = plainTable(['', 'requests', 'input', 'cached', 'output', 'canceled', 'USD'])
  for (const [name, side] of [['provider log', log] as const, ['run', run] as const]) {
    const { requests, inputTokens, cachedTokens, outputTokens, canceled, cost } = side
    totals.push([name, requests, inputTokens, cachedTokens, outputTokens, canceled, formatUsd(cost)])
  }
  const unknown =
    unknownCost.attempts === 0
      ? []
      : [
          `${unknownCost.attempts} attempts of unknown cost in the run; providers bill ${formatUsd(unknownCost.billed)} USD for them`,
        ]
  return [totals.toString(), ...unknown, ...differenceLines(differences)].join('\n')
}

function differenceLines(differences: Reconciliation['differences']): readonly string[] {
  if (differences.length === 0) return ['log and run agree']
  const kinds = Map.groupBy(differences, ({ kind }) => kind)
  const counts = [...kinds].map(([kind, all]) => `${kind} ${all.length}`).join(', ')
  const shown = differences
    .slice(0, maxShown)
    .map(
      ({ kind, spanId, endpoint, log, run }) =>
        `  ${kind} ${endpoint} ${spanId}: log ${log || '–'}, run ${run || '–'}`,
    )
  const more = differences.length > maxShown ? [`  … and ${differences.length - maxShown} more`] : []
  return [`${differences.length} differences: ${counts}`, ...shown, ...more]
}
