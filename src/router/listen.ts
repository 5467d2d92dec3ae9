import type { Server } from 'node:http'
import { UserError } from '../core/index.ts'

interface Address {
  readonly port: number
  readonly host: string
}

/**
 * Lets a server listen and returns its port.
 *
 * @throws UserError E_PORT_IN_USE, E_CONFIG_INVALID (an address that cannot be bound).
 */
export function listen(server: Server, at: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, at)))
    server.listen({ ...at, backlog: 4096 }, () => {
      const address = server.address()
      // Only pipes have a string for an address.
      resolve(typeof address === 'object' && address ? address.port : at.port)
    })
  })
}

function listenError(error: NodeJS.ErrnoException, { port, host }: Address): UserError {
  if (error.code === 'EADDRINUSE') {
    return new UserError(`port ${port} on ${host} is in use`, {
      code: 'E_PORT_IN_USE',
      hint: 'Stop the program that uses it, or choose another port.',
      cause: error,
    })
  }
  return new UserError(`the router cannot listen on ${host}:${port}: ${error.message}`, {
    code: 'E_CONFIG_INVALID',
    hint: 'Choose an address of this machine and a port that you may use.',
    cause: error,
  })
}
