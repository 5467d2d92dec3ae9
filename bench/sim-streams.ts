// Plays 1,000 streams of 50 tokens a second at once against the simulated providers in a process of their own and
// prints how late the server wrote each piece against its plan, and the CPU it took.
// Run: npx node bench/sim-streams.ts [streams] [seconds] — target: write lag p99 ≤ 5 ms at 1,000 streams on one core.
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { chatRequest, forkServer } from './forked-server.ts'

const streams = Number(process.argv[2] ?? 1000)
const seconds = Number(process.argv[3] ?? 15)
const rampMs = 2000
const tokensPerSecond = 50

const server = await forkServer({ ttftMs: 500, tokensPerSecond })
let bytes = 0
let chunks = 0
const messages = [{ role: 'user', content: 'Write for a while.' }]
const request = chatRequest({ messages, stream: true }, tokensPerSecond * (seconds + 20))
const sockets = []
for (let at = 0; at < streams; at++) {
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
  socket.on('data', data => {
    bytes += data.length
    chunks += 1
  })
  socket.write(request)
  sockets.push(socket)
  if (at % 20 === 19) await setTimeout((20 * rampMs) / streams)
}
// First tokens are late by a lognormal with a tail; after this all but that tail are writing.
await setTimeout(3000)
await server.ask('reset')
const [cpuBefore, startMs, chunksBefore] = [await server.cpuSeconds(), performance.now(), chunks]
await setTimeout(seconds * 1000)
const { lag } = await server.ask('lag')
const elapsedSeconds = (performance.now() - startMs) / 1000
const cpuSeconds = (await server.cpuSeconds()) - cpuBefore
const { rssMb } = await server.ask('cpu')
for (const socket of sockets) socket.destroy()
server.stop()
console.table({
  streams,
  'writes a second': Math.round(lag.writes / elapsedSeconds),
  'chunks received a second': Math.round((chunks - chunksBefore) / elapsedSeconds),
  'MB received': Math.round(bytes / 1e6),
  'write lag p50, ms': lag.p50Us / 1000,
  'write lag p99, ms': lag.p99Us / 1000,
  'write lag max, ms': lag.maxUs / 1000,
  'server CPU, cores': Number((cpuSeconds / elapsedSeconds).toFixed(2)),
  'server memory, MB': Math.round(rssMb),
})
