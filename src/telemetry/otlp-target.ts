import { UserError } from '../core/index.ts'

/** Where spans are sent, and with which headers. */
interface OtlpTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

const hint = 'See "Environment variables of the OTLP exporter" in the OpenTelemetry specification.'

/**
 * Reads OpenTelemetry's environment variables: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is taken as it is,
 * `OTEL_EXPORTER_OTLP_ENDPOINT` gets `/v1/traces` appended; headers of both forms are merged, the specific
 * one wins. `OTEL_SDK_DISABLED=true` switches export off. Pure.
 *
 * @returns null when no endpoint is configured: nothing is exported, and nothing is tried on a default port.
 * @throws UserError E_CONFIG_INVALID when a value cannot be used. The message never holds a header's value.
 */
export function parseOtlpTarget(env: Readonly<Record<string, string | undefined>>): OtlpTarget | null {
  const specific = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? ''
  const general = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? ''
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || (specific === '' && general === '')) return null
  return {
    url:
      specific === ''
        ? parseUrl('OTEL_EXPORTER_OTLP_ENDPOINT', `${general.replace(/\/+$/, '')}/v1/traces`)
        : parseUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', specific),
    headers: {
      ...parseHeaders(env, 'OTEL_EXPORTER_OTLP_HEADERS'),
      ...parseHeaders(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'),
    },
  }
}

function parseUrl(variable: string, text: string): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url.href
  throw new UserError(`${variable} is no http or https address`, { code: 'E_CONFIG_INVALID', hint })
}

/** `key1=value1,key2=value2`, values percent-encoded (specification: W3C Baggage without metadata). */
function parseHeaders(env: Readonly<Record<string, string | undefined>>, variable: string) {
  const headers: Record<string, string> = {}
  for (const [index, entry] of (env[variable] ?? '').split(',').entries()) {
    if (entry.trim() === '') continue
    const match = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=(.*)$/s.exec(entry)
    const value = match && decoded(match[2]?.trim() ?? '')
    if (!match?.[1] || value === null) {
      throw new UserError(`${variable} has a header that cannot be read, number ${index + 1}`, {
        code: 'E_CONFIG_INVALID',
        hint,
      })
    }
    headers[match[1].toLowerCase()] = value
  }
  return headers
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    // Malformed percent-encoding; the caller names the variable.
    return null
  }
}
