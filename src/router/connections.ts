import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { refuseConnection, unreadableRequest } from './refuse-connection.ts'

interface Open {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** The connections of a server: which answers are running on each, and which are at rest. */
export interface Connections {
  /** A new one; it rests until a request comes. */
  add(socket: Socket): void
  /** A request has come. */
  begin(open: Open): void
  /** What comes on it is no HTTP, by the code of Node's parser: it is refused and closed. */
  refuse(socket: Socket, code: string): void
  /** Nothing has gone over it for a while. Between answers it has rested enough; what waits on it is not read. */
  timeOut(socket: Socket): void
}

/** Keeps the connections of one server. Beyond `maxIdle` at rest, the one that has rested longest is closed. */
export function createConnections(maxIdle: () => number): Connections {
  const answers = new Map<Socket, Set<Open>>()
  // A Set iterates in order of insertion, so its first is the one that has rested longest.
  const idle = new Set<Socket>()
  const used = new WeakSet<Socket>()

  function rest(socket: Socket): void {
    for (const oldest of idle) {
      if (idle.size < maxIdle()) break
      idle.delete(oldest)
      oldest.destroy()
    }
    if (!socket.destroyed) idle.add(socket)
  }

  function begin(open: Open): void {
    const { socket } = open.req
    idle.delete(socket)
    used.add(socket)
    const running = answers.get(socket) ?? new Set()
    answers.set(socket, running.add(open))
    open.res.once('close', () => {
      running.delete(open)
      if (running.size > 0) return
      answers.delete(socket)
      rest(socket)
    })
  }

  /** Answers that are still running go out before. */
  function refuse(socket: Socket, code: string): void {
    socket.pause()
    const running = [...(answers.get(socket) ?? [])]
    const last = running.at(-1)
    const end = () => refuseConnection(socket, unreadableRequest(code))
    if (!last) return end()
    if (last.req.complete) return void last.res.once('close', end)
    // The broken part belongs to a request that is being read: the answer is its own.
    if (running.length === 1 && !last.res.headersSent) return end()
    return void socket.destroy()
  }

  function timeOut(socket: Socket): void {
    // How long the first headers may take is for the parser to say.
    const hasRested = used.has(socket) && !answers.has(socket)
    if (hasRested || socket.writableLength > 0) socket.destroy()
  }

  return Object.freeze<Connections>({
    begin,
    refuse,
    timeOut,
    add: socket => {
      rest(socket)
      socket.once('close', () => idle.delete(socket))
    },
  })
}
