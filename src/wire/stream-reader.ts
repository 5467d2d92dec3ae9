import { createParser } from 'eventsource-parser'
import { addDelta, type AnswerReader, contentOf, emptyAnswer } from './answer.ts'
import { errorOf, type Trust } from './classify.ts'
import { asObject, parseJson } from './json.ts'
import { decodeChunk } from './openai/decode-chunk.ts'
import type { Stopwatch } from './stamps.ts'
import type { ExchangeOutcome, StreamEvent } from './types.ts'

/** How long the connection may stay open after `[DONE]`: enough for its last bytes, so that it can be used again. */
const afterDoneMs = 100
/** How long usage or `[DONE]` may come after a finish reason; each further chunk starts it again. */
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
}

/** Reads an event stream (WHATWG HTML, section 9.2) of chat completion chunks, whatever its chunking. */
export function createStreamReader(options: StreamReaderOptions): AnswerReader {
  const { watch, onToken, onWhole, onEvent, trust } = options
  const answer = emptyAnswer()
  const utf8 = new TextDecoder()
  let sawDone = false
  let atNs = 0

  const parser = createParser({
    onComment: text => {
      watch.comment(atNs)
      onEvent({ kind: 'comment', text }, atNs)
    },
    onEvent: ({ data }) => {
      // A comment is no byte of the answer; the first event is.
      watch.byte(atNs)
      if (sawDone) return
      if (data === '[DONE]') sawDone = true
      else readChunk(data)
      if (sawDone) onWhole(afterDoneMs)
      else if (answer.nativeFinishReason !== '') onWhole(afterFinishMs)
    },
  })

  function readChunk(text: string): void {
    const data = asObject(parseJson(text))
    if (!data) {
      answer.error ??= errorOf('malformed_response', 'a chunk of the stream is no JSON object')
      return
    }
    const delta = decodeChunk(data)
    addDelta(answer, delta, trust)
    const visible = delta.text !== ''
    const tool = delta.toolCalls.length > 0
    const hasToken = visible || delta.hasReasoning || tool
    if (hasToken) {
      onToken()
      watch.token({ visible, tool }, atNs)
    }
    onEvent({ kind: 'chunk', data, hasToken }, atNs)
  }

  function end(): ExchangeOutcome {
    if (answer.error) return answer.error
    if (answer.nativeFinishReason !== '') return { kind: 'ok' }
    if (!sawDone) return { kind: 'truncated' }
    return watch.hasToken() ? { kind: 'ok' } : errorOf('empty_response', 'the stream ended without a token')
  }

  return {
    push: (bytes, stampNs) => {
      atNs = stampNs
      parser.feed(utf8.decode(bytes, { stream: true }))
    },
    end,
    broken: error => {
      const isWhole = sawDone || (answer.nativeFinishReason !== '' && answer.usage !== null)
      if (answer.error || isWhole) return end()
      return watch.hasToken() ? { kind: 'truncated' } : error
    },
    content: () => contentOf(answer, null),
  }
}
