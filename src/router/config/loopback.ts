import { isIPv4 } from 'node:net'

/** Whether an address can be reached from this machine only. Names but `localhost` count as reachable. Pure. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase()
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'))
}
