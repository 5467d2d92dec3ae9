import type { Catalog } from '../../catalog/index.ts'
import { defaultPolicySettings } from '../../policy/index.ts'
import type { Target } from '../../replay/index.ts'
import type { Arm, Scenario } from '../../scenario/index.ts'
import type { ProvidersConfig, RouterRoleConfig } from '../roles/role-config.ts'
import {
  noLosses,
  type RoleLosses,
  type RoleName,
  type RunningRole,
  startRole,
} from '../roles/role-process.ts'
import { apiKeyOf } from './required-keys.ts'

/** What a run sends its requests to, and the processes it started for that. */
export interface Market {
  /** Target of each arm. */
  readonly targets: ReadonlyMap<string, Target>
  /** Base URL of the simulated providers; null when no arm uses them. */
  readonly providersUrl: string | null
  /** Processes that ended although nobody had asked them to. */
  lost(): readonly RoleName[]
  /** Stops what was started, routers first, so that their last attempts can end; tells what they lost together. */
  stop(): Promise<RoleLosses>
}

/** What is needed to start a market. */
export interface MarketOptions {
  readonly scenario: Scenario
  readonly catalog: Catalog
  readonly catalogFiles: readonly string[]
  readonly calibrationFiles: readonly string[]
  readonly journalFolder: string
  readonly runId: string
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
    const lost = () => started.filter(role => role.hasExited()).map(({ name }) => name)
    return { targets, providersUrl, lost, stop }
  } catch (cause) {
    await stop()
    throw cause
  }
}

function startProviders(options: MarketOptions): Promise<RunningRole> {
  const { scenario, catalogFiles, calibrationFiles, providerLogFile } = options
  const { seed, simulation } = scenario
  return startRole('providers', {
    catalogFiles,
    calibrationFiles,
    seed,
    port: 0,
    speed: simulation.speed,
    logFile: simulation.log ? providerLogFile : null,
  } satisfies ProvidersConfig)
}

function startRouter(
  { scenario, catalog, journalFolder, runId }: MarketOptions,
  providersUrl: string | null,
): Promise<RunningRole> {
  const { seed, router } = scenario
  const settings = {
    policy: { ...defaultPolicySettings, stickyTtlMs: router.stickyTtlSeconds * 1000 },
    requestTimeoutMs: null,
    attemptTimeoutMs: router.attemptTimeoutMs,
    firstTokenTimeoutMs: router.firstTokenTimeoutMs,
    upstreamIsSimulated: providersUrl !== null,
  }
  return startRole('router', {
    routing: { catalog, settings, providersUrl },
    seed,
    port: 0,
    host: '127.0.0.1',
    journalFolder,
    ledgerFolder: null,
    // Two routers may write into one folder, one for each kind of target.
    writer: providersUrl === null ? 'router' : 'router-simulated',
    runId,
  } satisfies RouterRoleConfig)
}

function targetOf(arm: Arm, routerUrl: string | null, env: NodeJS.ProcessEnv): Target {
  const { target } = arm
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
    apiKey: apiKeyOf(arm, env),
    sendsRunHeaders: false,
  }
}
