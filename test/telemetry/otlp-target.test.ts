import { describe, expect, it } from 'vitest'
import { parseOtlpTarget } from '../../src/telemetry/index.ts'

describe('parseOtlpTarget', () => {
  it.each([
    ['nothing is configured', {}],
    ['the endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['telemetry is disabled', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }],
  ])('exports nothing when %s', (_name, env) => {
    expect(parseOtlpTarget(env)).toBeNull()
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' }, 'https://c/otlp/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/in' }, 'http://c:4318/in'],
    [
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/x', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' },
      'http://t/x',
    ],
  ])('turns %o into an address', (env, url) => {
    expect(parseOtlpTarget(env)).toEqual({ url, headers: {} })
  })

  it('merges the headers of both forms, decoded, the specific one winning', () => {
    const target = parseOtlpTarget({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a%3D%3D, x-one = 1,',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-one=2',
    })
    expect(target?.headers).toEqual({ authorization: 'Bearer a==', 'x-one': '2' })
  })

  it.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'ftp://c' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: 'a=1,secret' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: 'key=secret%zz' },
  ])('refuses %o without showing a value', env => {
    expect(() => parseOtlpTarget(env)).toThrowError(expect.objectContaining({ code: 'E_CONFIG_INVALID' }))
    expect(() => parseOtlpTarget(env)).not.toThrowError(/secret/)
  })
})
