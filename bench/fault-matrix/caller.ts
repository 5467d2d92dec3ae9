import { isObject, type JsonObject } from '../../src/core/index.ts'

/** What a caller got, judged by nothing but what it received. */
export interface CallerView {
  readonly requestId: string
  /**
   * `served`: the whole answer. `refused`: an error instead of an answer. `broken_off`: part of an answer, and an error
   * that says so. `wrong`: anything that is none of these, such as part of an answer that looks whole.
   */
  readonly kind: 'served' | 'refused' | 'broken_off' | 'wrong'
  /** Status of the answer, or of the error where the stream had begun; 0: none. */
  readonly status: number
  /** Seconds to wait, by header or, where the stream had begun, by the error itself; null: not told. */
  readonly retryAfterSeconds: number | null
  /** Whether another attempt went on with an answer that had broken off. */
  readonly wasRescued: boolean
  readonly elapsedMs: number
  /** What was wrong, or what the error said. */
  readonly detail: string
}

/** One question to a router. */
export interface Ask {
  readonly url: string
  readonly requestId: string
  readonly body: JsonObject
  readonly headers: Readonly<Record<string, string>>
  /** The text that a whole answer has. */
  readonly expected: string
}

/** A router that keeps a caller waiting beyond all of its own deadlines has lost the request. */
const patienceMs = 15_000

type Judged = Pick<CallerView, 'kind' | 'detail'> &
  Partial<Pick<CallerView, 'status' | 'wasRescued' | 'retryAfterSeconds'>>

/** Asks as a client does and says what came. Never rejects. */
export async function askRouter({ url, requestId, body, headers, expected }: Ask): Promise<CallerView> {
  const startMs = performance.now()
  const got = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-routebench-request-id': requestId, ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patienceMs),
  })
    .then(async response => ({ response, text: await response.text() }))
    .catch((thrown: unknown) => String(thrown))
  const elapsedMs = performance.now() - startMs
  const none = { requestId, status: 0, retryAfterSeconds: null, wasRescued: false, elapsedMs }
  if (typeof got === 'string') return { ...none, kind: 'wrong', detail: `no HTTP answer: ${got}` }
  const { response, text } = got
  const after = response.headers.get('retry-after')
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  return {
    ...none,
    status: response.status,
    retryAfterSeconds: after === null ? null : Number(after),
    ...(isStream ? judgeStream(text, expected) : judgeBody(response.status, text, expected)),
  }
}

function judgeBody(status: number, text: string, expected: string): Judged {
  const body = objectOf(text)
  if (!body) return wrong(`the body is no JSON object: ${text.slice(0, 80)}`)
  const { error } = body as { readonly error?: unknown }
  if (status < 400) return error ? wrong('an error with a status of success') : judgeAnswer(body, expected)
  return isObject(error) ? refusal(error, status) : wrong('an error status without an error')
}

function judgeAnswer(body: JsonObject, expected: string): Judged {
  const { finish_reason: reason, error, message } = firstChoice(body) ?? {}
  if (reason === 'error') {
    return isObject(error) ? { kind: 'broken_off', detail: textIn(error, 'message') } : wrong('no error told')
  }
  return whole(isObject(message) ? textIn(message, 'content') : '', reason, expected)
}

/** An error has to say what happened, in the words of its status. */
function refusal(error: JsonObject, status: number): Judged {
  if (error['code'] !== status) return wrong(`error ${String(error['code'])} under status ${status}`)
  if (typeof error['message'] !== 'string' || error['message'] === '')
    return wrong('an error without a message')
  const { retry_after: wait } = isObject(error['availability']) ? error['availability'] : {}
  const told = typeof wait === 'number' ? { retryAfterSeconds: wait } : {}
  return {
    kind: 'refused',
    status,
    ...told,
    detail: `${status} ${String(error['error_type'])}: ${error['message']}`,
  }
}

function whole(text: string, finishReason: unknown, expected: string): Judged {
  if (finishReason !== 'stop') return wrong(`finish reason ${String(finishReason)}`)
  if (text === expected) return { kind: 'served', detail: '' }
  return wrong(
    `presented as whole: ${JSON.stringify(text).slice(0, 60)} (${text.length} of ${expected.length})`,
  )
}

function judgeStream(text: string, expected: string): Judged {
  const data = text
    .split('\n\n')
    .filter(record => record.startsWith('data: '))
    .map(record => record.slice('data: '.length))
  const isDone = data.at(-1) === '[DONE]'
  const chunks = data.slice(0, isDone ? -1 : undefined).map(objectOf)
  if (!isDone) return wrong('a stream without its end mark')
  if (chunks.includes(null)) return wrong('an event that is no JSON object')
  return judgeChunks(
    chunks.filter(chunk => chunk !== null),
    expected,
  )
}

function judgeChunks(chunks: readonly JsonObject[], expected: string): Judged {
  const errorAt = chunks.findIndex(chunk => chunk['error'])
  const rescueAt = chunks.findLastIndex(chunk => isObject(chunk['router_trace']))
  const trace = chunks[rescueAt]?.['router_trace']
  const rescue = isObject(trace) ? trace['rescue'] : null
  const wasRescued = isObject(rescue)
  // What a restart answers anew stands behind the chunk that tells of it.
  const from = isObject(rescue) && rescue['mode'] === 'restart' ? rescueAt + 1 : 0
  const text = textOf(chunks.slice(from))
  if (errorAt >= 0) return { ...brokenStream(chunks, errorAt), wasRescued }
  const reasons = chunks.map(chunk => firstChoice(chunk)?.['finish_reason']).filter(reason => reason)
  if (reasons.length > 1) return wrong(`${reasons.length} finish reasons`)
  return { ...whole(text, reasons[0], expected), wasRescued }
}

function brokenStream(chunks: readonly JsonObject[], errorAt: number): Judged {
  const error = chunks[errorAt]?.['error']
  if (!isObject(error)) return wrong('an error that is no object')
  if (firstChoice(chunks[errorAt] ?? {})?.['finish_reason'] !== 'error')
    return wrong('an error without finish reason')
  if (textOf(chunks.slice(errorAt)) !== '') return wrong('text after the error')
  const judged = refusal(error, Number(error['code']))
  return textOf(chunks) === '' || judged.kind === 'wrong' ? judged : { ...judged, kind: 'broken_off' }
}

function textOf(chunks: readonly JsonObject[]): string {
  return chunks
    .map(chunk => {
      const delta = firstChoice(chunk)?.['delta']
      return isObject(delta) ? textIn(delta, 'content') : ''
    })
    .join('')
}

function textIn(object: JsonObject, field: string): string {
  const value = object[field]
  return typeof value === 'string' ? value : ''
}

function firstChoice(body: JsonObject): JsonObject | null {
  const choices = body['choices']
  const first: unknown = Array.isArray(choices) ? choices[0] : null
  return isObject(first) ? first : null
}

function objectOf(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    // Whoever asks for an object is told that there is none.
    return null
  }
}

function wrong(detail: string): Judged {
  return { kind: 'wrong', detail }
}
