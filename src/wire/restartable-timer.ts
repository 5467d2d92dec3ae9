/** One timer that can be started over. Real time: nothing that is measured depends on it. */
export interface RestartableTimer {
  /** Starts it, or starts it over. */
  start(ms: number): void
  stop(): void
  wasStarted(): boolean
}

/** Makes a timer that calls `onFired` each time it runs out. */
export function createRestartableTimer(onFired: () => void): RestartableTimer {
  let timer: NodeJS.Timeout | undefined
  return {
    start: ms => {
      clearTimeout(timer)
      timer = setTimeout(onFired, ms)
    },
    stop: () => clearTimeout(timer),
    wasStarted: () => timer !== undefined,
  }
}
