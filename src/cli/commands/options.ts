import { InvalidArgumentError } from 'commander'

/** Gathers an option that may be given several times. */
export function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value]
}

/** Reads a header, `name: value`; the name in lower case. */
export function parseHeader(value: string): readonly [string, string] {
  const colon = value.indexOf(':')
  const name = value.slice(0, colon).trim().toLowerCase()
  if (colon > 0 && /^[a-z0-9-]+$/.test(name)) return [name, value.slice(colon + 1).trim()]
  throw new InvalidArgumentError('A header is a name and a value with a colon between them.')
}

/** Reads a port: 0 (any free one) to 65535. */
export function parsePort(value: string): number {
  const port = Number(value)
  if (/^\d+$/.test(value) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.')
}

/** Reads a whole number above 0. */
export function parseCount(value: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('This must be a whole number above 0.')
}

/** Longest wait of a timer; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** Reads a deadline in milliseconds, above 0. */
export function parseTimeoutMs(value: string): number {
  const timeoutMs = parsePositive(value)
  if (timeoutMs <= longestTimerMs) return timeoutMs
  throw new InvalidArgumentError(`This must be at most ${longestTimerMs} (ms, 24 days).`)
}

/** Reads a number above 0. */
export function parsePositive(value: string): number {
  const number = Number(value)
  if (Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('This must be a number above 0.')
}
