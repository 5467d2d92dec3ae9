/** One timer that can be started over. Real time: nothing that is measured depends on it. */
export interface RestartableTimer {
  /** Starts it, or starts it over. */
  start(ms: number): void
  stop(): void
  /** Stops it for now; a start meanwhile counts from `release`. */
  hold(): void
  /** Starts it over when it was running, or was started, before. */
  release(): void
  wasStarted(): boolean
}

/** Makes a timer that calls `onFired` each time it runs out. */
export function createRestartableTimer(onFired: () => void): RestartableTimer {
  let timer: NodeJS.Timeout | undefined
  let lastMs: number | null = null
  let isHeld = false
  const run = () => {
    clearTimeout(timer)
    if (lastMs !== null && !isHeld) timer = setTimeout(onFired, lastMs)
  }
  return {
    start: ms => {
      lastMs = ms
      run()
    },
    stop: () => clearTimeout(timer),
    hold: () => {
      isHeld = true
      clearTimeout(timer)
    },
    release: () => {
      isHeld = false
      run()
    },
    wasStarted: () => lastMs !== null,
  }
}
