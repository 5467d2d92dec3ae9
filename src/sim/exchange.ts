import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, nsPerMs } from '../core/index.ts'
import type { ProviderLog } from './log/provider-log.ts'
import type { Ending } from './log/log-line.ts'
import { noRequestLog, type RequestLog } from './log/request-log.ts'
import type { Ticker } from './ticker.ts'
import type { WriteLag } from './write-lag.ts'

/** What all exchanges of one server share. */
export interface ExchangeOptions {
  readonly clock: Clock
  /** Of that clock. */
  readonly ticker: Ticker
  /** How many milliseconds of simulated time pass in one of real time. */
  readonly speed: number
  readonly lag: WriteLag
  /** Where what happens is kept; null: nowhere. */
  readonly log: ProviderLog | null
}

/** One HTTP request being answered on a schedule. Times are simulated milliseconds after it arrived. */
export interface Exchange {
  readonly request: IncomingMessage
  /** Whether the connection had carried an answer before this one. */
  readonly isReused: boolean
  /** Whether the caller left before the answer was complete. */
  hasLeft(): boolean
  /** Its line in the provider log; what the answer was to be is added to it. */
  readonly log: RequestLog
  /** Waits until `atMs`; rejects when the caller leaves. */
  until(atMs: number): Promise<void>
  /** Whether `atMs` has come. */
  isDue(atMs: number): boolean
  head(status: number, headers: Readonly<Record<string, string>>): void
  /** Sends the head before there is anything else to send. */
  flushHead(): void
  /**
   * Writes a piece that was planned for `atMs` (null: for no instant) and waits while the caller does not keep up.
   */
  write(text: string | Uint8Array, atMs: number | null): Promise<void>
  /** Writes the last piece and completes the answer; `atMs` null: it was not planned. */
  end(text: string, atMs: number | null): void | Promise<void>
  /** Completes the answer as it stands. */
  finish(): void
  /** Closes the connection under the answer, once what was written has left. */
  cut(): void
  /** Resets the connection at once. */
  reset(): void
  /** Closes the connection at once and in order, as a server does that takes no more requests. */
  close(): void
}

/** Begins an exchange; its time starts now, before the body is read. */
export function createExchange(
  request: IncomingMessage,
  response: ServerResponse,
  { clock, ticker, speed, lag, log }: ExchangeOptions,
): Exchange {
  const startNs = clock.monoNs()
  const line = log?.begin(startNs) ?? noRequestLog
  const waits = createWaits(ticker)
  let isOver = false
  response.on('close', () => {
    if (isOver) return
    line.ended('canceled', clock.monoNs())
    waits.leave()
  })
  const dueNs = (atMs: number) => startNs + (atMs * nsPerMs) / speed
  /** Stamps a write; what is planned for no instant has no lag. */
  const stamp = (atMs: number | null) => {
    const nowNs = clock.monoNs()
    if (atMs !== null) lag.record(nowNs - dueNs(atMs))
    line.wrote(atMs === null ? null : dueNs(atMs), nowNs)
  }
  const over = (how: Ending) => {
    isOver = true
    line.ended(how, clock.monoNs())
  }
  const leave = (how: Ending, act: () => unknown) => {
    over(how)
    act()
  }

  return Object.freeze({
    request,
    isReused: request.socket.bytesWritten > 0,
    hasLeft: waits.hasLeft,
    log: line,
    until: (atMs: number) => waits.until(dueNs(atMs)),
    isDue: (atMs: number) => dueNs(atMs) <= clock.monoNs(),
    head: (status: number, headers: Readonly<Record<string, string>>) => {
      line.head(status, clock.monoNs())
      response.writeHead(status, headers)
    },
    flushHead: () => response.flushHeaders(),
    write: async (text: string | Uint8Array, atMs: number | null) => {
      stamp(atMs)
      if (!response.write(text)) await waits.that(done => response.once('drain', done))
    },
    end: (text: string, atMs: number | null) => {
      stamp(atMs)
      over('complete')
      // Text of one byte a character needs no encoder; head and body then leave as one copied string.
      response.end(text, isAscii(text) ? 'latin1' : 'utf8')
    },
    finish: () => leave('cut', () => response.end()),
    cut: () => leave('cut', () => response.socket?.end(() => response.socket?.destroy())),
    reset: () => leave('reset', () => request.socket.resetAndDestroy()),
    close: () => leave('reset', () => request.socket.destroy()),
  })
}

/** Waits of one exchange, one at a time; all of them reject once the caller has left. */
interface Waits {
  hasLeft(): boolean
  leave(): void
  until(dueNs: number): Promise<void>
  /** Waits until what `begin` starts calls back. */
  that(begin: (done: () => void) => unknown): Promise<void>
}

const nothing = (): void => undefined

/** Makes the waits of an exchange. By hand, as an abort signal for each request costs more than its answer's text. */
function createWaits(ticker: Ticker): Waits {
  let left: Error | null = null
  let giveUp: (reason: Error) => void = nothing
  const that = (begin: (done: () => void) => unknown, cancel: () => void = nothing) =>
    left
      ? Promise.reject(left)
      : new Promise<void>((resolve, reject) => {
          giveUp = reason => {
            cancel()
            reject(reason)
          }
          begin(resolve)
        })
  return {
    hasLeft: () => left !== null,
    leave: () => {
      left = new Error('The caller closed the connection.')
      giveUp(left)
    },
    until: (dueNs: number) => {
      let cancel = nothing
      return that(
        done => {
          cancel = ticker.at(dueNs, done)
        },
        () => cancel(),
      )
    },
    that,
  }
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}
