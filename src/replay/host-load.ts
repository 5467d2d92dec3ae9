import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How busy the replaying process was. */
export interface HostLoad {
  /** Event-loop delay beyond the sampling interval, p99, microseconds. */
  readonly loopDelayP99Us: number
  /** CPU time over wall time; 1 is one whole core. */
  readonly cpuRatio: number
}

const resolutionMs = 5

/** Starts watching this process; the returned function stops and tells. */
export function watchHostLoad(): () => HostLoad {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  delay.enable()
  return () => {
    delay.disable()
    const { user, system } = process.cpuUsage(cpu)
    const elapsedUs = (performance.now() - startedMs) * 1000
    const p99Us = delay.count === 0 ? 0 : delay.percentile(99) / 1000
    return {
      loopDelayP99Us: Math.max(0, Math.round(p99Us - resolutionMs * 1000)),
      cpuRatio: elapsedUs === 0 ? 0 : (user + system) / elapsedUs,
    }
  }
}
