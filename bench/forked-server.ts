import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What `sim-server.ts` answers to one message. */
interface ServerAnswer {
  readonly port: number
  readonly cpu: { readonly user: number; readonly system: number }
  readonly rssMb: number
  readonly lag: {
    readonly writes: number
    readonly p50Us: number
    readonly p99Us: number
    readonly maxUs: number
  }
}

/** Starts the simulated providers in a process of their own; answers are drawn around these figures. */
export async function forkServer(figures: { readonly ttftMs: number; readonly tokensPerSecond: number }) {
  const path = fileURLToPath(new URL('sim-server.ts', import.meta.url))
  const child = fork(path, [String(figures.ttftMs), String(figures.tokensPerSecond)])
  const { port } = await answerOf(child)
  const ask = (message: 'cpu' | 'lag' | 'reset') => {
    child.send(message)
    return answerOf(child)
  }
  const cpuSeconds = async () => {
    const { cpu } = await ask('cpu')
    return (cpu.user + cpu.system) / 1e6
  }
  return { port, ask, cpuSeconds, stop: () => child.kill() }
}

async function answerOf(child: ChildProcess): Promise<ServerAnswer> {
  const [message] = await once(child, 'message')
  return message
}

/** A chat completions request as it stands on the wire, to one endpoint of the built-in catalogue. */
export function chatRequest(body: object, outputTokens: number): string {
  const text = JSON.stringify({ model: 'llama-3.3-70b-versatile', ...body })
  return [
    'POST /groq/v1/chat/completions HTTP/1.1',
    'host: bench',
    'authorization: Bearer bench',
    'content-type: application/json',
    `x-routebench-output-tokens: ${outputTokens}`,
    `content-length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n')
}
