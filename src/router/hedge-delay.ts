import type { EndpointHealth } from '../health/index.ts'
import type { HedgeSettings } from './settings.ts'

/**
 * How long an attempt may be without a token before another one is made beside it, in milliseconds; null: for ever. The
 * quantile is that of first tokens, so it is used for streams only, and `afterMs` where it is not known. Pure.
 */
export function hedgeDelayMs(
  settings: HedgeSettings | null,
  { ttftMs, ttftSamples }: Pick<EndpointHealth, 'ttftMs' | 'ttftSamples'>,
  isStream: boolean,
): number | null {
  if (settings === null) return null
  const { after, afterMs } = settings
  const isKnown = isStream && after !== null && ttftMs !== null && ttftSamples >= fewestSamples
  return isKnown ? ttftMs[after] : afterMs
}

/** Below, a high quantile is that of one answer. */
const fewestSamples = 20
