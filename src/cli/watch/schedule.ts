import { type Clock, nsPerMs, type Rng } from '../../core/index.ts'

/** Probes on a schedule. */
export interface ScheduleOptions {
  readonly clock: Clock
  /** Spreads the endpoints. */
  readonly rng: Rng
  readonly endpoints: readonly string[]
  /** Between the beginnings of two probes of an endpoint. */
  readonly everyMs: number
  /** No probe begins after so long; null: until aborted. */
  readonly forMs: number | null
  /** One probe for each endpoint, at once. */
  readonly once: boolean
  readonly signal: AbortSignal
  /** Makes one probe; never rejects, and ends soon after an abort. Ticks count from 0. */
  readonly probe: (endpointId: string, tick: number) => Promise<void>
  /** Told when a tick is passed over because the probe before it is still under way. */
  readonly onSkipped: (endpointId: string, tick: number) => void
}

/** Endpoints begin within this time, so that not all are called at the same instant, now and ever after. */
const longestSpreadMs = 5_000

/**
 * Calls `probe` for each endpoint on a schedule of its own: at a drawn offset, then every `everyMs`, whatever a probe takes.
 * Ticks that the machine slept through are not made up for.
 *
 * @returns when the last probe has ended.
 */
export async function runSchedule(options: ScheduleOptions): Promise<void> {
  const startNs = options.clock.monoNs()
  await Promise.all(options.endpoints.map(endpointId => watchOne(endpointId, startNs, options)))
}

async function watchOne(endpointId: string, startNs: number, options: ScheduleOptions): Promise<void> {
  const { clock, rng, everyMs, forMs, once, signal } = options
  const spreadMs = once ? 0 : Math.min(everyMs, longestSpreadMs)
  const firstNs = startNs + Math.floor(rng.fork(endpointId).next() * spreadMs) * nsPerMs
  const periodNs = everyMs * nsPerMs
  const endNs = forMs === null ? Number.POSITIVE_INFINITY : startNs + forMs * nsPerMs
  let running: Promise<void> | null = null
  let tick = 0
  while (await isTime(firstNs + tick * periodNs, endNs, { clock, signal })) {
    if (running) options.onSkipped(endpointId, tick)
    else {
      running = options.probe(endpointId, tick).finally(() => {
        running = null
      })
    }
    if (once) break
    tick = Math.max(tick + 1, Math.floor((clock.monoNs() - firstNs) / periodNs))
  }
  await running
}

/** Waits for an instant; false: it is not to come any more. */
async function isTime(
  dueNs: number,
  endNs: number,
  { clock, signal }: Pick<ScheduleOptions, 'clock' | 'signal'>,
): Promise<boolean> {
  if (dueNs >= endNs || signal.aborted) return false
  return clock.sleepUntil(dueNs, signal).then(
    () => true,
    () => false,
  )
}
