import type { ServerResponse } from 'node:http'
import type { Endpoint } from '../../src/catalog/index.ts'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import {
  openRouter,
  type RouterOptions,
  type RouterSettings,
  type UpstreamKey,
} from '../../src/router/index.ts'
import { catalogOf } from '../support/endpoint-of.ts'
import { createMemorySink, type MemorySink } from '../support/memory-sink.ts'
import {
  chunkOf,
  openStream,
  type Received,
  startScriptedServer,
  usageChunk,
} from '../support/scripted-server.ts'

/** What a provider of a test does with one request. */
export type Script = (response: ServerResponse, request: Received) => void

/** A router in front of scripted providers, with everything a test wants to look at. */
export interface TestRouter extends AsyncDisposable {
  readonly url: string
  readonly sink: MemorySink
  /** Requests that reached the providers, in order, as `provider` and parsed body. */
  readonly calls: { readonly provider: string; readonly headers: Received['headers']; readonly body: Body }[]
  readonly defects: unknown[]
  post(body: object, headers?: Readonly<Record<string, string>>): Promise<Response>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Exchanges endpoints and settings while it runs. */
  reload(endpoints: readonly Endpoint[], settings?: RouterOptions['settings']): void
  /** Aborts every request under way, as a caller that goes away does. */
  abort(): void
  close(): Promise<void>
}

/** Keys of a provider by its id; one of them where nothing is said. */
type ProviderKeys = Readonly<Record<string, readonly UpstreamKey[]>>

/** An endpoint that is the only one is not tried again, unless a test is about that. */
const once: Partial<RouterSettings> = { retry: { baseMs: 0, capMs: 0, maxRetries: 0, maxWaitMs: 0 } }

type Body = Readonly<Record<string, unknown>>

/** Starts a router over `endpoints`; each provider answers by the script of its id. Price order is rank order. */
export async function openTestRouter(
  endpoints: readonly Endpoint[],
  scripts: Readonly<Record<string, Script>>,
  { keys = {}, ...options }: Partial<RouterOptions> & { readonly keys?: ProviderKeys } = {},
): Promise<TestRouter> {
  const sink = createMemorySink()
  const defects: unknown[] = []
  const calls: TestRouter['calls'] = []
  const providers = await startScriptedServer((response, request) => {
    const provider = request.path.split('/')[1] ?? ''
    const body: Body = JSON.parse(request.body)
    calls.push({ provider, headers: request.headers, body })
    scripts[provider]?.(response, request)
  })
  const upstream: RouterOptions['upstream'] = ({ provider }) => ({
    baseUrl: `${providers.url}/${provider.id}/v1`,
    keys: keys[provider.id] ?? [{ alias: `test:${provider.id}`, value: 'sk-secret' }],
  })
  const router = await openRouter({
    catalog: catalogOf(endpoints),
    clock: createSystemClock(),
    rng: firstDraws,
    sink,
    upstream,
    onDefect: defect => defects.push(defect),
    ...options,
    settings: { ...once, ...options.settings },
  })
  const gone = new AbortController()
  const close = async () => {
    await router.close()
    await providers[Symbol.asyncDispose]()
  }
  return {
    url: router.url,
    sink,
    calls,
    defects,
    post: (body, headers = {}) =>
      fetch(`${router.url}/api/v1/chat/completions`, {
        method: 'POST',
        signal: gone.signal,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    get: (path, headers = {}) => fetch(`${router.url}${path}`, { headers }),
    reload: (others, settings = {}) =>
      router.reload({ catalog: catalogOf(others), upstream, settings: { ...once, ...settings } }),
    abort: () => gone.abort(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Draws the cheapest endpoint each time. */
const firstDraws = { ...createRng('router'), next: () => 0, fork: () => firstDrawsOf() }

function firstDrawsOf(): typeof firstDraws {
  return firstDraws
}

/** A question to the model of the tests. */
export function ask(more: object = {}): object {
  return { model: 'acme/one', messages: [{ role: 'user', content: 'Say hello' }], ...more }
}

/** Answers `text`, streamed when a stream was asked for, with usage 10 + 5. */
export function answering(text: string, usage: object = {}): Script {
  return (response, request) => {
    if (isStream(request)) {
      const write = openStream(response)
      write(chunkOf({ role: 'assistant', content: '' }))
      for (const piece of text.split(/(?<= )/)) write(chunkOf({ content: piece }))
      write(chunkOf({}, 'stop'))
      write(usageChunk(10, 5, usage))
      write('[DONE]')
      response.end()
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        id: 'up-1',
        object: 'chat.completion',
        model: 'up-one',
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, ...usage },
      }),
    )
  }
}

/** Refuses with a status and an OpenAI-style error. */
export function refusing(status: number, headers: Readonly<Record<string, string>> = {}): Script {
  return response => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ error: { message: `no: ${status}`, type: 'x', param: null, code: null } }))
  }
}

/** Streams some text, then breaks off without a finish reason. */
export const cutting: Script = response => {
  const write = openStream(response)
  write(chunkOf({ role: 'assistant', content: '' }))
  write(chunkOf({ content: 'Half a ' }))
  setImmediate(() => response.end())
}

/** Never answers. */
export const silent: Script = () => undefined

/** Whether the provider was asked for a stream. */
function isStream({ body }: Received): boolean {
  return body.includes('"stream":true')
}

/** The `data:` events of a stream, parsed, and its comments. */
export async function readEvents(response: Response) {
  const text = await response.text()
  const records = text.split('\n\n').filter(record => record !== '')
  const data = records.filter(r => r.startsWith('data: ')).map(r => r.slice('data: '.length))
  return {
    comments: records.filter(r => r.startsWith(':')),
    chunks: data.filter(d => d !== '[DONE]').map(d => JSON.parse(d)),
    isDone: data.at(-1) === '[DONE]',
  }
}

/** What tests read of an answer's body. */
export interface AnswerBody {
  readonly id: string
  readonly model: string
  readonly provider: string
  readonly choices: readonly { readonly message: { readonly content: string } }[]
  readonly usage: { readonly cost: number | null }
  readonly error: {
    readonly code: number
    readonly message: string
    readonly metadata: Readonly<Record<string, unknown>>
    readonly availability: Readonly<Record<string, unknown>>
  }
  readonly data: Readonly<Record<string, unknown>>
  readonly openrouter_metadata: Readonly<Record<string, unknown>>
}

/** The JSON body of an answer; which of the fields it has is for the test to know. */
export async function bodyOf(response: Response | Promise<Response>): Promise<AnswerBody> {
  const body: AnswerBody = JSON.parse(await (await response).text())
  return body
}

/** The text of a streamed answer. */
export function textOf(chunks: readonly { choices: { delta: { content?: string } }[] }[]): string {
  return chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')
}

/** Waits until the router has written `count` request records. */
export async function recordsOf(sink: MemorySink, count = 1): Promise<MemorySink> {
  while (sink.requests.length < count) await new Promise(resolve => setImmediate(resolve))
  return sink
}
