import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A request as the script sees it. */
export interface Received {
  readonly headers: IncomingMessage['headers']
  readonly path: string
  readonly body: string
}

/** A real HTTP server on loopback whose answers a test writes. */
export interface ScriptedServer {
  readonly url: string
  readonly received: readonly Received[]
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a server that answers every request with `script`, called once the body has arrived. */
export async function startScriptedServer(
  script: (response: ServerResponse, request: Received) => void,
): Promise<ScriptedServer> {
  const received: Received[] = []
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const request = {
        headers: incoming.headers,
        path: incoming.url ?? '',
        body: Buffer.concat(parts).toString('utf8'),
      }
      received.push(request)
      script(response, request)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Starts an event stream on a response and returns a function that writes one event. */
export function openStream(response: ServerResponse): (data: object | string) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  return data => response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
}

/** A chat completion chunk with the given delta. */
export function chunkOf(delta: object, finishReason: string | null = null): object {
  return {
    id: 'c1',
    object: 'chat.completion.chunk',
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  }
}

/** The usage chunk that ends an OpenAI stream. */
export function usageChunk(promptTokens: number, completionTokens: number, more: object = {}): object {
  return {
    id: 'c1',
    model: 'm',
    choices: [],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      ...more,
    },
  }
}
