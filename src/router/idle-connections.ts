import type { Socket } from 'node:net'

/** The connections of a server on which no request is running, and a bound on how many there are. */
export interface IdleConnections {
  /** A connection rests from now on: it is new, or its last answer has gone out. */
  rest(socket: Socket): void
  /** A request has come on it. */
  wake(socket: Socket): void
}

/** Makes an empty set. Beyond `maxIdle` connections, the one that has rested longest is closed. */
export function createIdleConnections(maxIdle: () => number): IdleConnections {
  // A Set iterates in order of insertion, so its first is the one that has rested longest.
  const idle = new Set<Socket>()
  return Object.freeze<IdleConnections>({
    wake: socket => void idle.delete(socket),
    rest: socket => {
      idle.delete(socket)
      for (const oldest of idle) {
        if (idle.size < maxIdle()) break
        idle.delete(oldest)
        oldest.destroy()
      }
      if (socket.destroyed) return
      idle.add(socket)
    },
  })
}
