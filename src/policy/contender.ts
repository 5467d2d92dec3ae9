import type { Endpoint } from '../catalog/index.ts'
import type { EndpointHealth } from '../health/index.ts'
import type { PolicySettings } from './types.ts'

/** How far an endpoint can be relied on: 0 normal, 1 degraded, 2 only when nothing else is left. */
export type HealthBand = 0 | 1 | 2

/** An endpoint that may serve the request, with what its place depends on. */
export interface Contender {
  readonly endpoint: Endpoint
  readonly health: EndpointHealth
  /** USD per million tokens, blended. */
  readonly price: number
  readonly band: HealthBand
}

/** Uptimes of half an hour below which an endpoint comes after the others (router contract, section 7). */
const normalUptimePercent = 95
const degradedUptimePercent = 80

/**
 * The band of an endpoint: 2 with a significant outage in the outage window or an uptime below 80 %, 1 below 95 %.
 * An unknown uptime is normal. Pure.
 */
export function healthBandOf(health: EndpointHealth, settings: PolicySettings): HealthBand {
  const { recentErrors, recentSuccesses, uptimePercent } = health
  const isOutage =
    recentErrors > 0 && recentErrors / (recentErrors + recentSuccesses) >= settings.outageErrorRatio
  if (isOutage) return 2
  if (uptimePercent === null || uptimePercent >= normalUptimePercent) return 0
  return uptimePercent >= degradedUptimePercent ? 1 : 2
}

/** A reason with what its endpoint's band adds to it; a normal one adds nothing. Pure. */
export function withBand(reason: string, { band, health }: Contender): string {
  if (band === 0) return reason
  const { uptimePercent } = health
  const bound = band === 1 ? normalUptimePercent : degradedUptimePercent
  const isLow = uptimePercent !== null && uptimePercent < bound
  return `${reason}, ${isLow ? `uptime ${uptimePercent} %` : 'after a recent outage'}`
}
