import { nsPerMs } from '../core/index.ts'
import type { EndpointStatistics, RoutingQuantiles } from './health-windows.ts'

/** The quantiles of an endpoint, sorted anew only when it matters. */
export interface QuantileMemory {
  read(nowNs: number): RoutingQuantiles
  /** There is a new sample. */
  expire(): void
}

/** Quantiles of up to so many samples follow every one of them; beyond, they wait for a hundredth of their window. */
const samplesFollowed = 32

/** Makes the memory of quantiles over a window. */
export function createQuantileMemory(
  statistics: Pick<EndpointStatistics, 'quantiles'>,
  windowMs: number,
): QuantileMemory {
  const waitNs = (windowMs / 100) * nsPerMs
  let sortedAtNs = Number.NEGATIVE_INFINITY
  let quantiles = statistics.quantiles(0)
  let hasSamples = false
  return Object.freeze<QuantileMemory>({
    read: nowNs => {
      const mayWait = quantiles.sorted > samplesFollowed && nowNs - sortedAtNs < waitNs
      if (mayWait || (!hasSamples && nowNs <= quantiles.holdUntilNs)) return quantiles
      quantiles = statistics.quantiles(nowNs)
      sortedAtNs = nowNs
      hasSamples = false
      return quantiles
    },
    expire: () => {
      hasSamples = true
    },
  })
}
