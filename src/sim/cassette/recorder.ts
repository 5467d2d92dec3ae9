import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { dirname } from 'node:path'
import { Agent, type Dispatcher } from 'undici'
import { type Clock, messageOf, UserError } from '../../core/index.ts'
import { listen } from '../listen.ts'
import type { CassetteHeader, Take } from './cassette.ts'
import { removeContents } from './remove-contents.ts'
import { requestKey } from './request-key.ts'

/** What a recorder stands in front of and where it keeps what it hears. */
export interface RecorderOptions {
  /** Base URL of the real API, without user, query and fragment. */
  readonly upstream: string
  /** Cassette to write; an earlier one is replaced, its folder is made. */
  readonly path: string
  readonly clock: Clock
  /** Loopback port; 0: any free one. */
  readonly port: number
  /** Keep texts as they come; otherwise filler of the same length stands for them. */
  readonly keepContents: boolean
}

/** A recorder at work. */
export interface Recorder {
  /** Stands for the base URL that is recorded. */
  readonly url: string
  /** Answers kept so far. */
  taken(): number
  /** Answers that were not kept: the caller left, the API could not be reached, or the file refused them. */
  missed(): number
  /** Breaks off what is under way, frees the port and closes the file. */
  close(): Promise<void>
}

/**
 * Stands in front of a real API, forwards every request as it is and keeps the answers with their timing.
 *
 * Only hop-by-hop headers and `accept-encoding` are not passed on. Keys are never kept: of request headers nothing,
 * of answer headers type, retry and rate limits.
 *
 * @throws UserError E_PORT_IN_USE, E_FILE_UNREADABLE, E_USAGE (not a plain http or https URL)
 */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { upstream, path, clock, keepContents } = options
  const base = baseOf(upstream)
  const header: CassetteHeader = {
    kind: 'cassette',
    version: 1,
    recorded_epoch_us: clock.epochUs(),
    upstream: base,
    contents: keepContents,
  }
  const file = await openFile(path)
  await file.write(`${JSON.stringify(header)}\n`)
  const agent = new Agent({ bodyTimeout: 0, headersTimeout: 0 })
  const count = { taken: 0, missed: 0 }
  let written = Promise.resolve()

  async function write(take: Take): Promise<void> {
    try {
      await file.write(`${JSON.stringify(keepContents ? take : withoutContents(take))}\n`)
      count.taken += 1
    } catch {
      // A full disk must not end the answers; the loss is counted and told.
      count.missed += 1
    }
  }
  const keep = (take: Take) => {
    written = written.then(() => write(take))
  }
  const server = createServer({ noDelay: true }, (request, response) => {
    void forward({ request, response, base, agent, clock }).then(keep, (thrown: unknown) => {
      count.missed += 1
      giveUp(response, thrown)
    })
  })
  const port = await listen(server, options.port).catch(async (thrown: unknown) => {
    await file.close()
    throw thrown
  })
  const close = async () => {
    server.closeAllConnections()
    await new Promise<void>(resolve => server.close(() => resolve()))
    await agent.destroy()
    await written
    await file.close()
  }
  return Object.freeze({
    url: `http://127.0.0.1:${port}`,
    taken: () => count.taken,
    missed: () => count.missed,
    close,
  })
}

interface Forwarding {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly base: string
  readonly agent: Dispatcher
  readonly clock: Clock
}

/** Plays one exchange through. Rejects when the caller leaves or the API cannot be reached; then nothing is kept. */
async function forward({ request, response, base, agent, clock }: Forwarding): Promise<Take> {
  const left = new AbortController()
  response.once('close', () => left.abort(new Error('The caller closed the connection.')))
  const body = await bodyOf(request)
  const { method = 'GET', url = '/' } = request
  const startNs = clock.monoNs()
  const sinceUs = () => Math.round((clock.monoNs() - startNs) / 1000)
  const answer = await agent.request({
    origin: new URL(base).origin,
    path: new URL(base).pathname.replace(/\/$/, '') + url,
    method,
    headers: forwardedHeaders(request),
    body: body.length === 0 ? null : body,
    signal: left.signal,
  })
  const headersUs = sinceUs()
  response.writeHead(answer.statusCode, answerHeaders(answer.headers))
  response.flushHeaders()
  const { chunks, ended } = await passOn(answer.body, response, sinceUs)
  if (left.signal.aborted && ended === 'broken') throw left.signal.reason
  if (ended === 'complete') response.end()
  else response.destroy()
  const path = url.split('?', 1)[0] ?? '/'
  return {
    kind: 'exchange',
    key: requestKey({ method, path, body: body.toString('utf8') }),
    method,
    path,
    status: answer.statusCode,
    headers: keptHeaders(answer.headers),
    headers_us: headersUs,
    chunks,
    end_us: sinceUs(),
    ended,
  }
}

/** Passes a body on piece by piece, each stamped as it comes. A character that two pieces share goes with the second. */
async function passOn(
  body: AsyncIterable<Buffer>,
  response: ServerResponse,
  sinceUs: () => number,
): Promise<{ readonly chunks: [number, string][]; readonly ended: Take['ended'] }> {
  const chunks: [number, string][] = []
  const decoder = new TextDecoder()
  try {
    for await (const piece of body) {
      chunks.push([sinceUs(), decoder.decode(piece, { stream: true })])
      response.write(piece)
    }
    // A body that ends within a character; nothing to add otherwise.
    const rest = decoder.decode()
    if (rest !== '') chunks.push([sinceUs(), rest])
    return { chunks, ended: 'complete' }
  } catch {
    // The API closed the connection, or the caller did: the one who asked looks at the signal.
    return { chunks, ended: 'broken' }
  }
}

const notForwarded: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
  'accept-encoding',
])

function forwardedHeaders({ headers }: IncomingMessage): Record<string, string | string[]> {
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || notForwarded.has(name) ? [] : [[name, value] as const],
  )
  return { ...Object.fromEntries(passed), 'accept-encoding': 'identity' }
}

function answerHeaders(headers: Headers): Record<string, string | string[]> {
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || ['connection', 'keep-alive', 'transfer-encoding'].includes(name)
      ? []
      : [[name, value] as const],
  )
  return Object.fromEntries(passed)
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

function keptHeaders(headers: Headers): Record<string, string> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' &&
    /^(?:content-type|retry-after(?:-ms)?|(?:x|anthropic)-ratelimit-.*)$/.test(name)
      ? [[name, value] as const]
      : [],
  )
  return Object.fromEntries(kept)
}

function withoutContents(take: Take): Take {
  const pieces = take.chunks.map(([, text]) => Buffer.from(text, 'utf8').toString('latin1'))
  const filled = removeContents(pieces.join(''), take.headers['content-type'] ?? '')
  let from = 0
  const chunks = take.chunks.map(([atUs], index): [number, string] => {
    const to = from + (pieces[index]?.length ?? 0)
    const text = Buffer.from(filled.slice(from, to), 'latin1').toString('utf8')
    from = to
    return [atUs, text]
  })
  return { ...take, chunks }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

function giveUp(response: ServerResponse, thrown: unknown): void {
  if (response.destroyed || response.headersSent) {
    response.destroy()
    return
  }
  const error = {
    message: `The recorded API cannot be reached: ${messageOf(thrown)}`,
    type: 'recorder_error',
  }
  response.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
}

function baseOf(upstream: string): string {
  const url = URL.parse(upstream)
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash
  if (isPlain && /^https?:$/.test(url.protocol)) return upstream.replace(/\/+$/, '')
  // The text itself may hold a key, so it is not repeated.
  throw new UserError('the URL to record is not an http or https URL without user, query and fragment', {
    code: 'E_USAGE',
    hint: 'Give the base URL of an API, such as https://api.example.com/v1; keys stay in the headers of requests.',
  })
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true })
    return await open(path, 'w')
  } catch (cause) {
    throw new UserError(`cannot write the cassette ${path}: ${messageOf(cause)}`, {
      code: 'E_FILE_UNREADABLE',
      hint: 'Check the path, its permissions and the room on the disk.',
      cause,
    })
  }
}
