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

const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Reads a length of time above 0 with its unit, such as `30s`, into milliseconds. */
export function parseDurationMs(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value)
  const unit = Object.entries(durationUnits).find(([name]) => name === match?.[2])?.[1] ?? 0
  const durationMs = Number(match?.[1]) * unit
  if (durationMs > 0 && durationMs <= longestTimerMs) return durationMs
  throw new InvalidArgumentError('A time is a number with its unit: 500ms, 30s, 5m or 1h; at most 24 days.')
}

/** Reads a number above 0. */
export function parsePositive(value: string): number {
  const number = Number(value)
  if (Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('This must be a number above 0.')
}
