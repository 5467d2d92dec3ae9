import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Clock, nsPerMs } from '../../core/index.ts'
import { listen } from '../listen.ts'
import type { Cassette, Take } from './cassette.ts'
import { requestKey } from './request-key.ts'

/** What a player plays. */
export interface PlayerOptions {
  readonly cassette: Cassette
  readonly clock: Clock
  /** Loopback port; 0: any free one. */
  readonly port: number
  /** Recorded times are divided by this. */
  readonly speed: number
}

/** A player at work. */
export interface Player {
  /** Stands for the base URL that was recorded. */
  readonly url: string
  /** Requests that the cassette has no answer to. */
  missed(): number
  /** Breaks off what is under way and frees the port. */
  close(): Promise<void>
}

/**
 * Serves the answers of a cassette with their recorded timing.
 *
 * A request gets what was recorded for the same method, path and body; recorded several times, one after the other, then
 * from the first again. What was never recorded gets 404 with the type `cassette_miss`, never another's answer.
 *
 * @throws UserError E_PORT_IN_USE when the port is taken.
 */
export async function openPlayer({ cassette, clock, port, speed }: PlayerOptions): Promise<Player> {
  const takes = Map.groupBy(cassette.takes, ({ key }) => key)
  const played = new Map<string, number>()
  let missed = 0

  function next(key: string): Take | undefined {
    const recorded = takes.get(key) ?? []
    const at = played.get(key) ?? 0
    played.set(key, at + 1)
    return recorded[at % Math.max(1, recorded.length)]
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const startNs = clock.monoNs()
    const { method = 'GET', url = '/' } = request
    const path = url.split('?', 1)[0] ?? '/'
    const take = next(requestKey({ method, path, body: Buffer.concat(parts).toString('utf8') }))
    if (take) return playTake(take, response, { clock, startNs, speed })
    missed += 1
    const message = `This cassette of ${cassette.takes.length} answers holds none to this request.`
    const body = JSON.stringify({ error: { message, type: 'cassette_miss', param: null, code: null } })
    response.writeHead(404, { 'content-type': 'application/json' }).end(body)
  }
  const server = createServer({ noDelay: true, keepAliveTimeout: 120_000 }, (request, response) => {
    // The caller left: there is nobody to tell.
    void answer(request, response).catch(() => response.destroy())
  })
  const bound = await listen(server, port)
  const close = async () => {
    server.closeAllConnections()
    await new Promise<void>(resolve => server.close(() => resolve()))
  }
  return Object.freeze({ url: `http://127.0.0.1:${bound}`, missed: () => missed, close })
}

interface Pace {
  readonly clock: Clock
  readonly startNs: number
  readonly speed: number
}

async function playTake(
  take: Take,
  response: ServerResponse,
  { clock, startNs, speed }: Pace,
): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort(new Error('The caller closed the connection.')))
  const until = (us: number) => clock.sleepUntil(startNs + (us * nsPerMs) / 1000 / speed, left.signal)
  await until(take.headers_us)
  response.writeHead(take.status, take.headers)
  response.flushHeaders()
  for (const [atUs, text] of take.chunks) {
    await until(atUs)
    if (!response.write(text)) await once(response, 'drain', { signal: left.signal })
  }
  await until(take.end_us)
  if (take.ended === 'complete') response.end()
  // What was written has to leave before the connection breaks.
  else response.socket?.end(() => response.socket?.destroy())
}
