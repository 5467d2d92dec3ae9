// Sends unary requests as fast as the simulated providers take them, in a process of their own, over connections
// that are kept, and prints how many a second they answered.
// Run: npx node bench/sim-unary.ts [connections] [seconds] — target: 20,000 a second.
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { chatRequest, forkServer } from './forked-server.ts'

const connections = Number(process.argv[2] ?? 64)
const seconds = Number(process.argv[3] ?? 10)
/** Lets the server's code get warm before it counts. */
const warmSeconds = 3

const server = await forkServer({ ttftMs: 1, tokensPerSecond: 100_000 })
const messages = [{ role: 'user', content: 'Say one word.' }]
const request = chatRequest({ messages }, 1)
let answered = 0
let failed = 0
const sockets = Array.from({ length: connections }, () => {
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
  let pending = ''
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    pending += text
    const end = lengthOf(pending)
    if (end === null || pending.length < end) return
    if (pending.startsWith('HTTP/1.1 200')) answered += 1
    else failed += 1
    pending = pending.slice(end)
    socket.write(request)
  })
  socket.write(request)
  return socket
})
await setTimeout(warmSeconds * 1000)
const [answeredBefore, startMs, cpuBefore, ownBefore] = [
  answered,
  performance.now(),
  await server.cpuSeconds(),
  process.cpuUsage(),
]
await setTimeout(seconds * 1000)
const elapsedSeconds = (performance.now() - startMs) / 1000
const rate = (answered - answeredBefore) / elapsedSeconds
const serverCores = ((await server.cpuSeconds()) - cpuBefore) / elapsedSeconds
const own = process.cpuUsage(ownBefore)
for (const socket of sockets) socket.destroy()
server.stop()
console.table({
  connections,
  'answers a second': Math.round(rate),
  'not answered with 200': failed,
  'server CPU, cores': Number(serverCores.toFixed(2)),
  'server CPU an answer, µs': Math.round((serverCores / rate) * 1e6),
  'client CPU, cores': Number(((own.user + own.system) / 1e6 / elapsedSeconds).toFixed(2)),
})

/** Bytes of the first answer in a text; null: its head is not complete. */
function lengthOf(text: string): number | null {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return null
  return head + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
}
