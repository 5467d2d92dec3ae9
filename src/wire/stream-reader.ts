import { createParser } from 'eventsource-parser'
import { addDelta, type AnswerReader, contentOf, emptyAnswer } from './answer.ts'
import { errorOf, type Trust } from './classify.ts'
import { asObject, parseJson } from './json.ts'
import { decodeChunk } from './openai/decode-chunk.ts'
import type { Stopwatch } from './stamps.ts'
import type { ExchangeOutcome, StreamEvent } from './types.ts'

/** Collaborators of one stream reader. */
export interface StreamReaderOptions {
  readonly watch: Stopwatch
  /** Called at the first token of any kind. */
  readonly onFirstToken: () => void
  readonly onEvent: (event: StreamEvent, atNs: number) => void
  readonly trust: Trust
}

/** Reads an event stream (WHATWG HTML, section 9.2) of chat completion chunks, whatever its chunking. */
export function createStreamReader(options: StreamReaderOptions): AnswerReader {
  const { watch, onFirstToken, onEvent, trust } = options
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
    const hasToken = visible || delta.hasReasoning || delta.hasToolCall
    if (hasToken) {
      if (!watch.hasToken()) onFirstToken()
      watch.token({ visible, tool: delta.hasToolCall }, atNs)
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
    broken: error => answer.error ?? (watch.hasToken() ? { kind: 'truncated' } : error),
    content: () => contentOf(answer, null),
  }
}
