import type { Command } from 'commander'
import { createRng, createSystemClock, exitCodes, UserError } from '../../core/index.ts'
import { type Explained, explainRequest, type Refusal, type UpstreamResolver } from '../../router/index.ts'
import { formatExplanation } from '../format-explanation.ts'
import { readRequestBody } from '../read-request-body.ts'
import { loadRouter } from '../router/load-router.ts'
import { upstreamResolver } from '../upstream-keys.ts'
import type { CommandContext } from './context.ts'
import { collect, parseHeader } from './options.ts'

interface ExplainFlags {
  readonly config?: string
  readonly catalog?: readonly string[]
  readonly seed?: string
  readonly item: string
  readonly session?: string
  readonly header: readonly (readonly [string, string])[]
  readonly withKeys: boolean
  readonly simulated: boolean
  readonly json: boolean
}

/** `routebench explain`: where a router would send a request, and why; nothing is sent. */
export function addExplainCommand(program: Command, context: CommandContext): void {
  program
    .command('explain')
    .description('where the router would send a chat request, and why not elsewhere; sends nothing')
    .argument('[request]', 'JSON file with the body of a chat request; - is standard input', '-')
    .option('--config <file>', 'configuration file of the router; flags win over it')
    .option('--catalog <file>', 'lay this catalogue file over the built-in one', collectFirst)
    .option('--seed <seed>', 'seed of the routing draws, as the router has it (default: live)')
    .option('--item <id>', 'what the draws are named by: a planned item of a run', 'explain')
    .option('--session <id>', 'the conversation, as the header x-session-id names it')
    .option('--header <name:value>', 'another header of the call', collectHeader, [])
    .option('--with-keys', 'exclude endpoints whose API key is not in the environment', false)
    .option('--simulated', 'explain for simulated providers, which all speak one protocol', false)
    .option('--json', 'print the explanation as JSON, as the record keeps it', false)
    .action(async (file: string, flags: ExplainFlags) => {
      const explained = await explain(file, flags, context)
      requireReadable(explained, file)
      context.stdout.write(`${flags.json ? asJson(explained) : formatExplanation(explained, flags)}\n`)
      context.setExitCode(exitCodes.ok)
    })
}

async function explain(file: string, flags: ExplainFlags, context: CommandContext): Promise<Explained> {
  const { config, routing } = await loadRouter({
    configFile: flags.config ?? null,
    overrides: { seed: flags.seed, catalog: flags.catalog && [...flags.catalog] },
    env: context.env,
  })
  const body = await readRequestBody(file, context.stdin)
  return explainRequest(
    { body, headers: headersOf(flags), itemId: flags.item },
    {
      catalog: routing.catalog,
      clock: createSystemClock(),
      rng: createRng(String(config.values.seed)),
      upstream: flags.withKeys ? upstreamResolver(context.env, routing.providersUrl) : keysForAll,
      settings: { ...routing.settings, ...(flags.simulated && { upstreamIsSimulated: true }) },
    },
  )
}

/** Nothing is called, so any key will do. */
const keysForAll: UpstreamResolver = () => ({ baseUrl: '', keys: [{ alias: '', value: 'any' }] })

function collectFirst(value: string, earlier: readonly string[] = []): readonly string[] {
  return collect(value, earlier)
}

function collectHeader(value: string, earlier: readonly (readonly [string, string])[]) {
  return [...earlier, parseHeader(value)]
}

function headersOf({ header, session }: ExplainFlags): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(header), ...(session !== undefined && { 'x-session-id': session }) }
}

/** @throws UserError E_REQUEST_INVALID, E_MODEL_UNKNOWN */
function requireReadable(explained: Explained, file: string): void {
  if (explained.ok || explained.refusal.errorType === 'no_endpoints') return
  const { message, availability } = explained.refusal
  if (availability?.code === 'model_not_found') {
    const near = availability.fallbackModels ?? []
    throw new UserError(message, {
      code: 'E_MODEL_UNKNOWN',
      hint: `${near.length > 0 ? `Did you mean ${near.join(', ')}? ` : ''}\`routebench catalog show\` lists all.`,
    })
  }
  throw new UserError(`${file === '-' ? 'standard input' : file} is no chat request: ${message}`, {
    code: 'E_REQUEST_INVALID',
    hint: 'Give the JSON body of a request to /chat/completions; its fields are in docs/router.md.',
  })
}

/** The explanation is the same value as in `requests.decision`; `error` is there when no endpoint may serve. */
function asJson(explained: Explained): string {
  const explanation = explained.ok ? explained.explanation : {}
  return JSON.stringify(
    { ...explanation, ...(explained.refusal && { error: errorJson(explained.refusal) }) },
    null,
    2,
  )
}

function errorJson({ message, availability }: Refusal) {
  return { message, excluded_by: availability?.excludedBy ?? [] }
}
