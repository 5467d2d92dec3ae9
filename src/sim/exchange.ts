import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, nsPerMs } from '../core/index.ts'
import type { WriteLag } from './write-lag.ts'

/** What all exchanges of one server share. */
export interface ExchangeOptions {
  readonly clock: Clock
  /** How many milliseconds of simulated time pass in one of real time. */
  readonly speed: number
  readonly lag: WriteLag
}

/** One HTTP request being answered on a schedule. Times are simulated milliseconds after it arrived. */
export interface Exchange {
  readonly request: IncomingMessage
  /** Aborted when the caller leaves before the answer is complete. */
  readonly signal: AbortSignal
  /** Waits until `atMs`; rejects when the caller leaves. */
  until(atMs: number): Promise<void>
  /** Whether `atMs` has come. */
  isDue(atMs: number): boolean
  head(status: number, headers: Readonly<Record<string, string>>): void
  /** Sends the head before there is anything else to send. */
  flushHead(): void
  /** Writes a piece that was planned for `atMs` and waits while the caller does not keep up. */
  write(text: string, atMs: number): Promise<void>
  /** Writes the last piece and completes the answer; `atMs` null: it was not planned. */
  end(text: string, atMs: number | null): void
  /** Completes the answer as it stands. */
  finish(): void
  /** Closes the connection under the answer, once what was written has left. */
  cut(): void
  /** Resets the connection at once. */
  reset(): void
}

/** Begins an exchange; its time starts now, before the body is read. */
export function createExchange(
  request: IncomingMessage,
  response: ServerResponse,
  { clock, speed, lag }: ExchangeOptions,
): Exchange {
  const startNs = clock.monoNs()
  const left = new AbortController()
  let isOver = false
  response.once('close', () => {
    if (!isOver) left.abort(new Error('The caller closed the connection.'))
  })
  const dueNs = (atMs: number) => startNs + (atMs * nsPerMs) / speed
  const stamp = (atMs: number) => lag.record(clock.monoNs() - dueNs(atMs))

  return Object.freeze({
    request,
    signal: left.signal,
    until: (atMs: number) => clock.sleepUntil(dueNs(atMs), left.signal),
    isDue: (atMs: number) => dueNs(atMs) <= clock.monoNs(),
    head: (status: number, headers: Readonly<Record<string, string>>) =>
      void response.writeHead(status, headers),
    flushHead: () => response.flushHeaders(),
    write: async (text: string, atMs: number) => {
      stamp(atMs)
      if (!response.write(text)) await once(response, 'drain', { signal: left.signal })
    },
    end: (text: string, atMs: number | null) => {
      isOver = true
      if (atMs !== null) stamp(atMs)
      response.end(text)
    },
    finish: () => {
      isOver = true
      response.end()
    },
    cut: () => {
      isOver = true
      response.socket?.end(() => response.socket?.destroy())
    },
    reset: () => {
      isOver = true
      request.socket.resetAndDestroy()
    },
  })
}
