import { connect, type Socket } from 'node:net'

/** A connection that says exactly what a test wants. */
export interface RawSocket extends Disposable {
  readonly socket: Socket
  send(text: string | Buffer): void
  /** Everything that has come so far. */
  text(): string
  /** Resolves when something that matches has come; rejects when the connection ends without. */
  until(pattern: RegExp): Promise<string>
  /** Resolves with everything that came before the other side closed. */
  closed(): Promise<string>
}

/** Opens a connection to a port on loopback. */
export async function openRaw(url: string): Promise<RawSocket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  // A reset by the other side is an end like any other here.
  socket.on('error', () => undefined)
  const ended = new Promise<void>(resolve => socket.once('close', () => resolve()))
  await new Promise<void>(resolve => socket.once('connect', () => resolve()))
  return {
    socket,
    send: text => void socket.write(text),
    text: () => received,
    until: pattern =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(received) && resolve(received)
        socket.on('data', look)
        look()
        void ended.then(() => reject(new Error(`closed without ${pattern}: ${received}`)))
      }),
    closed: async () => {
      await ended
      return received
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}

/** A chat request as text, with headers of its own. */
export function chatText(body: object | string, headers: Readonly<Record<string, string>> = {}): string {
  const bytes = typeof body === 'string' ? body : JSON.stringify(body)
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(bytes)), ...headers })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `POST /api/v1/chat/completions HTTP/1.1\r\nhost: x\r\n${head}\r\n${bytes}`
}

/** Statuses of all answers in a text, in order. */
export function statusesOf(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}
