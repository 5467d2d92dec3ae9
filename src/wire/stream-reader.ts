import { addDelta, type AnswerReader, contentOf, emptyAnswer } from './answer.ts'
import { type ExchangeError, errorOf, type Trust } from './classify.ts'
import { isEmptyAnswer } from './empty-answer.ts'
import { asObject, parseJson } from './json.ts'
import { decodeChunk, type Delta } from './delta.ts'
import type { JsonObject } from '../core/index.ts'
import type { WireProtocol } from './protocol.ts'
import { createSseDecoder, maxEventChars } from './sse.ts'
import type { Stopwatch } from './stamps.ts'
import type { ExchangeOutcome, StreamEvent } from './types.ts'

/** How long the connection may stay open after the mark of the end: enough for its last bytes, so that it can be used again. */
const afterDoneMs = 100
/** How long usage or the mark of the end may come after a finish reason; each further chunk starts it again. */
const afterFinishMs = 5_000

/** Collaborators of one stream reader. */
export interface StreamReaderOptions {
  readonly watch: Stopwatch
  /** Called at each chunk with a token of any kind. */
  readonly onToken: () => void
  readonly onEvent: (event: StreamEvent, atNs: number) => void
  /** The answer is whole, or may be: the connection should end within so many milliseconds. */
  readonly onWhole: (withinMs: number) => void
  readonly trust: Trust
  readonly protocol: WireProtocol
}

/** Reads an event stream of one protocol, whatever its chunking, and hands it on as chat completion chunks. */
export function createStreamReader(options: StreamReaderOptions): AnswerReader {
  const { watch, onWhole, onEvent, trust, protocol } = options
  const answer = emptyAnswer()
  const decoder = protocol.createDecoder()
  let sawDone = false
  let isBroken = false
  let atNs = 0

  const sse = createSseDecoder({
    onComment: text => {
      watch.comment(atNs)
      onEvent({ kind: 'comment', text }, atNs)
    },
    onData: data => {
      // A comment is no byte of the answer; the first event is.
      watch.byte(atNs)
      if (sawDone || isBroken) return
      if (data === protocol.endMark) sawDone = true
      else readEvent(data)
      sawDone ||= decoder.isOver()
      if (sawDone) onWhole(afterDoneMs)
      else if (answer.nativeFinishReason !== '') onWhole(afterFinishMs)
    },
    onTooLong: () => breakOff(eventTooLong),
  })

  /** What comes after a part that cannot be read is no answer to anybody. */
  function breakOff(error: ExchangeError): void {
    isBroken = true
    answer.error ??= error
    onWhole(0)
  }

  function takeChunk(data: JsonObject): void {
    const delta = decodeChunk(data)
    addDelta(answer, delta, trust)
    const hasToken = stampToken(delta, options, atNs)
    onEvent({ kind: 'chunk', data, hasToken }, atNs)
  }

  function readEvent(text: string): void {
    const data = asObject(parseJson(text))
    if (data) for (const chunk of decoder.chunks(data)) takeChunk(chunk)
    else breakOff(malformedChunk)
  }

  /** Whether the answer told how it ended, in the way that counts for its protocol. */
  const hasEnded = () => answer.nativeFinishReason !== '' && (sawDone || protocol.isWholeOnFinish)

  function end(): ExchangeOutcome {
    if (answer.error) return answer.error
    if (!hasEnded() && !sawDone) return { kind: 'truncated' }
    const isEmpty = hasEnded() ? isEmptyAnswer(answer, watch.hasToken()) : !watch.hasToken()
    return isEmpty ? errorOf('empty_response', 'the stream ended without a token') : { kind: 'ok' }
  }

  return {
    push: (bytes, stampNs) => {
      atNs = stampNs
      sse.push(bytes)
    },
    end,
    broken: error => {
      const isWhole = sawDone || (hasEnded() && answer.usage !== null)
      if (answer.error || isWhole) return end()
      return watch.hasToken() ? { kind: 'truncated' } : error
    },
    content: () => contentOf(answer, null),
  }
}

const malformedChunk = errorOf('malformed_response', 'a chunk of the stream is no JSON object')
const eventTooLong = errorOf(
  'response_too_large',
  `an event of the stream is longer than ${maxEventChars} characters`,
)

/** Stamps and tells what a chunk brings; whether that is a token of any kind. */
function stampToken(delta: Delta, { watch, onToken }: StreamReaderOptions, atNs: number): boolean {
  const visible = delta.text !== ''
  const tool = delta.toolCalls.length > 0
  const hasToken = visible || delta.hasReasoning || tool
  if (hasToken) {
    watch.token({ visible, tool }, atNs)
    onToken()
  }
  return hasToken
}
