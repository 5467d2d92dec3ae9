/** What an attribute may hold. Numbers keep their unit in the attribute's name. */
export type AttributeValue = string | number | boolean | readonly string[]

/** A finished span, independent of any exporter. It is drill-down, never a source of facts. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  /** Empty for the root of a trace. */
  readonly parentSpanId: string
  readonly name: string
  /** `server` took a call in, `client` sent one out. */
  readonly kind: 'client' | 'server'
  /** Integer microseconds since 1970 UTC. */
  readonly startEpochUs: number
  /** Integer microseconds. */
  readonly durationUs: number
  readonly isError: boolean
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** Who made a span: the process, as OpenTelemetry's resource. */
export interface TelemetryResource {
  /** `service.name`, such as `routebench-router`. */
  readonly serviceName: string
  /** `service.version`, which is also the version of the instrumentation scope. */
  readonly serviceVersion: string
  /** Further resource attributes. Must hold no secret. */
  readonly attributes?: Readonly<Record<string, string>>
}
