import type { Command } from 'commander'
import { stringify } from 'yaml'
import { createSystemClock, exitCodes, formatUsd, UserError } from '../../core/index.ts'
import {
  newKey,
  parseRouterConfig,
  type RouterFileInput,
  type RouterSettings,
  settingsOf,
} from '../../router/index.ts'
import { plainTable } from '../plain-table.ts'
import { loadRouter } from '../router/load-router.ts'
import type { CommandContext } from './context.ts'
import { collect, parseCount } from './options.ts'

type KeyInput = NonNullable<RouterFileInput['keys']>[number]
type Key = RouterSettings['callers']['keys'][number]

interface NewFlags {
  readonly name: string
  readonly management?: true
  readonly budget?: string
  readonly reset?: 'never' | 'daily' | 'weekly' | 'monthly'
  readonly requestsPerMinute?: number
  readonly model: readonly string[]
  readonly markup?: number
  readonly expires?: string
}

/** `routebench keys …`: makes keys for callers of the router, and lists those of a configuration. */
export function addKeyCommands(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('keys of the callers of the router')
  keys
    .command('new')
    .description('print a fresh key, once, and the block of the configuration that lets it in')
    .requiredOption('--name <name>', 'label in records and answers')
    .option('--management', 'a key that reads account and activity instead of running inference')
    .option('--budget <usd>', 'most that may be charged to it in one period')
    .option('--reset <period>', 'period of the budget: never, daily, weekly or monthly')
    .option('--requests-per-minute <count>', 'requests in any 60 seconds', parseCount)
    .option('--model <glob>', 'models that it may use; may be given several times', collect, [])
    .option('--markup <percent>', 'added to the cost of each request', Number)
    .option('--expires <time>', 'from then on it is refused, such as 2027-01-31T00:00:00Z')
    .action((flags: NewFlags) => printNewKey(flags, context))
  keys
    .command('list')
    .description('list the keys of a configuration file by name; what they are is nowhere')
    .requiredOption('--config <file>', 'configuration file of the router')
    .action(async (flags: { readonly config: string }) => {
      const { env, stdout, setExitCode } = context
      const { config } = await loadRouter({ configFile: flags.config, overrides: {}, env })
      const nowMs = createSystemClock().epochUs() / 1000
      stdout.write(`${keyTable(settingsOf(config.values).callers.keys, nowMs)}\n`)
      setExitCode(exitCodes.ok)
    })
}

function printNewKey(flags: NewFlags, { stdout, stderr, setExitCode }: CommandContext): void {
  const { key, sha256 } = newKey()
  const block = stringify({ keys: [entryOf(flags, sha256)] })
  const parsed = parseRouterConfig({ file: { name: 'keys', text: block }, overrides: {} })
  if (!parsed.ok) {
    throw new UserError('no key was made: what it should be is not possible', {
      code: 'E_USAGE',
      hint: '`routebench keys new --help` lists what a key can have.',
      problems: parsed.problems,
    })
  }
  stderr.write('The key is on the first line, and stored nowhere: give it to its caller now.\n')
  stderr.write('The rest belongs into the configuration of the router (`routebench router --config`).\n')
  stdout.write(`${key}\n\n${block}`)
  setExitCode(exitCodes.ok)
}

/** The key in the words of the configuration; what was not asked for is left to its defaults. */
function entryOf(flags: NewFlags, sha256: string): KeyInput {
  const { name, management, budget, reset, requestsPerMinute, model, markup, expires } = flags
  const hasBudget = budget !== undefined || reset !== undefined
  return {
    name,
    sha256,
    ...(management && { kind: 'management' }),
    ...(hasBudget && { budget: { limit_usd: budget ?? '', ...(reset && { reset }) } }),
    ...(requestsPerMinute !== undefined && { requests_per_minute: requestsPerMinute }),
    ...(model.length > 0 && { models: [...model] }),
    ...(markup !== undefined && { markup_percent: markup }),
    ...(expires !== undefined && { expires }),
  }
}

function keyTable(keys: readonly Key[], nowMs: number): string {
  const table = plainTable(['name', 'kind', 'sha256', 'budget', 'requests/min', 'models', 'markup', 'state'])
  for (const key of keys) {
    table.push([
      key.name,
      key.kind,
      `${key.sha256.slice(0, 12)}…`,
      key.budget ? `${formatUsd(key.budget.limit)} USD ${key.budget.reset}` : '-',
      key.requestsPerMinute ?? '-',
      key.rules.models?.join(' ') ?? 'all',
      `${key.markupBasisPoints / 100} %`,
      stateOf(key, nowMs),
    ])
  }
  return table.toString()
}

function stateOf({ disabled, expiresAtMs }: Key, nowMs: number): string {
  if (disabled) return 'disabled'
  if (expiresAtMs === null) return 'valid'
  const time = new Date(expiresAtMs).toISOString()
  return expiresAtMs <= nowMs ? `expired ${time}` : `valid until ${time}`
}
