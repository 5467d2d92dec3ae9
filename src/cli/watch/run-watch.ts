import { type Clock, type Rng, UserError } from '../../core/index.ts'
import { matchesAnyGlob } from '../../policy/index.ts'
import { createHttpPool } from '../../wire/index.ts'
import type { ToldProbe } from './probe-lines.ts'
import type { ProbePrompt } from './probe-prompts.ts'
import { readStates, type RouterAddress, type RouterState } from './router-states.ts'
import { runSchedule } from './schedule.ts'
import { type ProbeResult, sendProbe } from './send-probe.ts'

/** What to watch, how often, and whom to tell. */
export interface WatchOptions {
  readonly clock: Clock
  readonly rng: Rng
  readonly signal: AbortSignal
  readonly address: RouterAddress
  readonly scenario: string
  /** Sent in turn; at least one. */
  readonly prompts: readonly ProbePrompt[]
  /** Globs over endpoint ids. */
  readonly endpoints: readonly string[]
  readonly everyMs: number
  /** null: until aborted. */
  readonly forMs: number | null
  readonly once: boolean
  readonly deadlineMs: number
  /** Told what is watched before the first probe. */
  readonly onStart: (endpoints: readonly RouterState[]) => void
  readonly onProbe: (told: ToldProbe) => void
  readonly onSkipped: (endpointId: string, tick: number) => void
}

/** What came of a watch. Probes that an interruption cut off are not in it. */
export interface WatchTally {
  readonly probes: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Sends probes to the chosen endpoints through a router until it is time to end, or once.
 * @throws UserError E_TARGET_UNREACHABLE, E_KEY_MISSING, E_USAGE when no endpoint is meant
 */
export async function runWatch(options: WatchOptions): Promise<WatchTally> {
  const { clock, signal, address, scenario, prompts, deadlineMs } = options
  const chosen = chooseEndpoints(await readStates(address, null), options)
  const modelOf = new Map(chosen.map(({ endpointId, modelId }) => [endpointId, modelId]))
  options.onStart(chosen)
  const pool = createHttpPool()
  let probes = 0
  let failed = 0
  let skipped = 0

  async function probe(endpointId: string, tick: number): Promise<void> {
    const prompt = prompts[tick % prompts.length]
    if (!prompt) return
    const modelId = modelOf.get(endpointId) ?? ''
    const sender = { address, scenario, pool, clock, signal, deadlineMs }
    const result = await sendProbe({ endpointId, modelId, prompt, tick }, sender)
    if (signal.aborted) return
    probes++
    if (result.outcome !== 'ok') failed++
    options.onProbe({ result, state: await stateAfter(result, address) })
  }
  try {
    await runSchedule({
      ...options,
      endpoints: chosen.map(({ endpointId }) => endpointId),
      probe,
      onSkipped: (endpointId, tick) => {
        skipped++
        options.onSkipped(endpointId, tick)
      },
    })
  } finally {
    await pool.close()
  }
  return { probes, failed, skipped }
}

function chooseEndpoints(
  known: readonly RouterState[],
  { endpoints: globs, address }: WatchOptions,
): readonly RouterState[] {
  const idle = globs.filter(glob => !known.some(({ endpointId }) => matchesAnyGlob(endpointId, [glob])))
  if (idle.length === 0) return known.filter(({ endpointId }) => matchesAnyGlob(endpointId, globs))
  throw new UserError(
    `the router at ${address.apiUrl} can call no endpoint that matches ${idle.join(', ')}`,
    {
      code: 'E_USAGE',
      hint:
        known.length === 0
          ? 'It has no key for any provider; set one and start it again.'
          : `It can call ${known.length}, such as ${known[0]?.endpointId}; an endpoint is named by id, and * stands for anything.`,
    },
  )
}

/** A watch outlives the router that it watches: one that is being restarted does not tell for a while. */
async function stateAfter({ endpointId }: ProbeResult, address: RouterAddress): Promise<RouterState | null> {
  const [state] = await readStates(address, endpointId).catch(() => [])
  return state ?? null
}
