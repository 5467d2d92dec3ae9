import { once } from 'node:events'
import type { Server } from 'node:http'
import { messageOf, UserError } from '../core/index.ts'

/**
 * Makes a server listen on 127.0.0.1 and gives its port.
 *
 * @param port 0: any free one.
 * @throws UserError E_PORT_IN_USE when the port is taken.
 */
export async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (cause) {
    throw new UserError(`Cannot listen on port ${port} for the simulated providers: ${messageOf(cause)}.`, {
      code: 'E_PORT_IN_USE',
      hint: 'Choose another port, or 0 for any free one.',
      cause,
    })
  }
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}
