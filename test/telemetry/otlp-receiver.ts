import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A span as a receiver decodes it from the protobuf body. */
interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  /** OTLP: 2 server, 3 client. */
  readonly kind: bigint
  readonly startNs: bigint
  readonly endNs: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  /** OTLP: 0 unset, 2 error. */
  readonly status: bigint
}

export interface OtlpReceiver {
  readonly url: string
  readonly requests: readonly { readonly headers: IncomingMessage['headers']; readonly bytes: number }[]
  readonly spans: readonly ReceivedSpan[]
  readonly resources: readonly Readonly<Record<string, unknown>>[]
  close(): Promise<void>
}

/** How the receiver answers; the n-th request, from 0, is given. Default: always 200. */
export type Answer = (index: number, response: ServerResponse) => void

/** A real OTLP/HTTP receiver on loopback that decodes protobuf bodies (opentelemetry-proto, trace v1). */
export async function openOtlpReceiver(answer: Answer = (_index, response) => response.end()) {
  const requests: { headers: IncomingMessage['headers']; bytes: number }[] = []
  const spans: ReceivedSpan[] = []
  const resources: Readonly<Record<string, unknown>>[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const index = requests.push({ headers: request.headers, bytes: body.length }) - 1
      answer(index, response)
      if (response.statusCode !== 200) return
      const decoded = decodeTraces(body)
      spans.push(...decoded.spans)
      resources.push(...decoded.resources)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver does not listen')
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${address.port}/v1/traces`,
    requests,
    spans,
    resources,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

type Fields = ReadonlyMap<number, readonly (bigint | Buffer)[]>

function decodeTraces(body: Buffer) {
  const groups = messages(fieldsOf(body), 1)
  return {
    resources: groups.map(group =>
      attributesOf(messages(group, 1).flatMap(resource => messages(resource, 1))),
    ),
    spans: groups
      .flatMap(group => messages(group, 2))
      .flatMap(scope => messages(scope, 2))
      .map(spanOf),
  }
}

function spanOf(span: Fields): ReceivedSpan {
  return {
    traceId: bytesOf(span, 1).toString('hex'),
    spanId: bytesOf(span, 2).toString('hex'),
    parentSpanId: bytesOf(span, 4).toString('hex'),
    name: bytesOf(span, 5).toString(),
    kind: numberOf(span, 6),
    startNs: numberOf(span, 7),
    endNs: numberOf(span, 8),
    attributes: attributesOf(messages(span, 9)),
    status: numberOf(messages(span, 15)[0] ?? new Map(), 3),
  }
}

function attributesOf(pairs: readonly Fields[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(pair => [bytesOf(pair, 1).toString(), valueOf(messages(pair, 2)[0])]))
}

/** AnyValue: 1 text, 2 boolean, 3 integer, 4 double, 5 list. */
function valueOf(value: Fields = new Map()): unknown {
  if (value.has(1)) return bytesOf(value, 1).toString()
  if (value.has(2)) return numberOf(value, 2) === 1n
  if (value.has(3)) return Number(numberOf(value, 3))
  if (value.has(4)) {
    const bits = Buffer.alloc(8)
    bits.writeBigUInt64LE(numberOf(value, 4))
    return bits.readDoubleLE()
  }
  return messages(value, 5).flatMap(list => messages(list, 1).map(valueOf))
}

function messages(fields: Fields, field: number): Fields[] {
  return (fields.get(field) ?? []).map(value => fieldsOf(asBytes(value)))
}

function bytesOf(fields: Fields, field: number): Buffer {
  return asBytes(fields.get(field)?.[0] ?? Buffer.alloc(0))
}

function numberOf(fields: Fields, field: number): bigint {
  const value = fields.get(field)?.[0] ?? 0n
  if (typeof value !== 'bigint') throw new Error(`field ${field} is no number`)
  return value
}

function asBytes(value: bigint | Buffer): Buffer {
  if (typeof value === 'bigint') throw new Error('a number where bytes belong')
  return value
}

/** Splits one protobuf message into its fields (wire types 0, 1, 2 and 5). */
function fieldsOf(message: Buffer): Fields {
  const fields = new Map<number, (bigint | Buffer)[]>()
  let at = 0
  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  function field(wireType: number): bigint | Buffer {
    if (wireType === 0) return varint()
    const length = wireType === 2 ? Number(varint()) : wireType === 1 ? 8 : 4
    at += length
    if (wireType === 1) return message.readBigUInt64LE(at - 8)
    return wireType === 2 ? message.subarray(at - length, at) : BigInt(message.readUInt32LE(at - 4))
  }
  while (at < message.length) {
    const tag = Number(varint())
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), field(tag & 7)])
  }
  return fields
}
