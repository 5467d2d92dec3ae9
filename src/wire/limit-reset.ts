const msPerUnit: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Numbers from here on are instants, not durations: 2001 in seconds, in milliseconds. */
const firstEpochSeconds = 1e9
const firstEpochMs = 1e12

/**
 * When a limit is full again, in milliseconds since 1970, from a reset header of any dialect: a duration as Go prints it
 * (`6m0s`, `12ms`; OpenAI, Groq), RFC 3339 (Anthropic), seconds since 1970, milliseconds since 1970 (OpenRouter), or
 * seconds from now (IETF draft). Null when it is none of them. Pure.
 */
export function resetEpochMs(text: string, nowEpochMs: number): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return ofNumber(Number(text), nowEpochMs)
  if (/^\d{4}-\d\d-\d\dT/.test(text)) {
    const epochMs = Date.parse(text)
    return Number.isNaN(epochMs) ? null : epochMs
  }
  const durationMs = goDurationMs(text)
  return durationMs === null ? null : nowEpochMs + durationMs
}

function ofNumber(value: number, nowEpochMs: number): number {
  if (value >= firstEpochMs) return value
  return value >= firstEpochSeconds ? value * 1_000 : nowEpochMs + value * 1_000
}

function goDurationMs(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/.test(text)) return null
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)]
  return parts.reduce((sum, [, value, unit = '']) => sum + Number(value) * (msPerUnit[unit] ?? 0), 0)
}
