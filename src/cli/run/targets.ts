import { UserError } from '../../core/index.ts'
import type { Target } from '../../replay/index.ts'
import type { Arm, Scenario, TargetSpec } from '../../scenario/index.ts'
import type { ProvidersConfig, RouterConfig } from '../roles/role-config.ts'
import { noLosses, type RoleLosses, type RunningRole, startRole } from '../roles/role-process.ts'

/** What a run sends its requests to, and the processes it started for that. */
export interface Market {
  /** Target of each arm. */
  readonly targets: ReadonlyMap<string, Target>
  /** Base URL of the simulated providers; null when no arm uses them. */
  readonly providersUrl: string | null
  /** Stops what was started, routers first, so that their last attempts can end; tells what they lost together. */
  stop(): Promise<RoleLosses>
}

/** What is needed to start a market. */
export interface MarketOptions {
  readonly scenario: Scenario
  readonly catalogFiles: readonly string[]
  readonly journalFolder: string
  /** Where the simulated providers keep their log when the scenario asks for one. */
  readonly providerLogFile: string
  readonly env: NodeJS.ProcessEnv
}

/** Starts the routers and simulated providers that the arms need and resolves their targets. */
export async function openMarket(options: MarketOptions): Promise<Market> {
  const { scenario, env } = options
  const kinds = new Set(scenario.arms.map(arm => arm.target.kind))
  const started: RunningRole[] = []
  const start = async (role: Promise<RunningRole>) => {
    const running = await role
    started.unshift(running)
    return running.url
  }
  const stop = async () => {
    let { records, spans } = noLosses
    for (const role of started.splice(0)) {
      const losses = await role.stop()
      records += losses.records
      spans += losses.spans
    }
    return { records, spans }
  }
  try {
    const providersUrl = kinds.has('simulated') ? await start(startProviders(options)) : null
    const simulated = providersUrl === null ? null : await start(startRouter(options, providersUrl))
    const routed = kinds.has('router') ? await start(startRouter(options, null)) : null
    const urls = { simulated, router: routed, url: null }
    const targets = new Map(scenario.arms.map(arm => [arm.name, targetOf(arm, urls[arm.target.kind], env)]))
    return { targets, providersUrl, stop }
  } catch (cause) {
    await stop()
    throw cause
  }
}

function startProviders({ scenario, catalogFiles, providerLogFile }: MarketOptions): Promise<RunningRole> {
  const { seed, simulation } = scenario
  return startRole('providers', {
    catalogFiles,
    seed,
    port: 0,
    speed: simulation.speed,
    logFile: simulation.log ? providerLogFile : null,
  } satisfies ProvidersConfig)
}

function startRouter(
  { scenario, catalogFiles, journalFolder }: MarketOptions,
  providersUrl: string | null,
): Promise<RunningRole> {
  const { seed, router } = scenario
  return startRole('router', {
    catalogFiles,
    seed,
    port: 0,
    host: '127.0.0.1',
    providersUrl,
    journalFolder,
    ...router,
  } satisfies RouterConfig)
}

function targetOf({ name, target }: Arm, routerUrl: string | null, env: NodeJS.ProcessEnv): Target {
  if (target.kind !== 'url') {
    return {
      name: target.kind,
      url: `${routerUrl}/api/v1/chat/completions`,
      apiKey: 'routebench',
      sendsRunHeaders: true,
    }
  }
  return {
    name: new URL(target.baseUrl).host,
    url: `${target.baseUrl.replace(/\/+$/, '')}/chat/completions`,
    apiKey: keyOf(name, target, env),
    sendsRunHeaders: false,
  }
}

/** Looks for the keys that the arms' own APIs need, before anything is started. @throws UserError E_KEY_MISSING */
export function requireKeys({ arms }: Scenario, env: NodeJS.ProcessEnv): void {
  for (const { name, target } of arms) if (target.kind === 'url') keyOf(name, target, env)
}

function keyOf(
  arm: string,
  target: Extract<TargetSpec, { kind: 'url' }>,
  env: NodeJS.ProcessEnv,
): string | null {
  if (target.apiKeyEnv === null) return null
  const key = env[target.apiKeyEnv]
  if (key) return key
  throw new UserError(`arm ${arm} needs an API key in ${target.apiKeyEnv}, which is not set`, {
    code: 'E_KEY_MISSING',
    hint: `export ${target.apiKeyEnv}=… and run again; the key is never written anywhere.`,
  })
}
