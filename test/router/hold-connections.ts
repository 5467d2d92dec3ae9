import { connect } from 'node:net'

// A process of its own, because connections count at both ends: opens `count` to `port` and holds them.
const [port = 0, count = 0] = process.argv.slice(2).map(Number)
let closed = 0
for (let opened = 0; opened < count; opened++) {
  await new Promise<void>(resolve => {
    const socket = connect({ port, host: '127.0.0.1' }, resolve)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      closed += 1
    })
  })
}
process.on('message', () => process.send?.({ closed }))
process.send?.({ closed })
