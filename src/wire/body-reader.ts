import { addDelta, type AnswerReader, contentOf, emptyAnswer } from './answer.ts'
import { classifyStatus, errorOf, type Trust } from './classify.ts'
import { asObject, parseJson } from './json.ts'
import { decodeBody } from './openai/decode-chunk.ts'
import type { Stopwatch } from './stamps.ts'
import type { ExchangeOutcome } from './types.ts'

/** Reads an answer that is no stream: a JSON completion, or an error of any shape. */
export function createBodyReader(status: number, watch: Stopwatch, trust: Trust = {}): AnswerReader {
  const answer = emptyAnswer()
  const parts: Buffer[] = []
  let body: unknown = null

  function end(): ExchangeOutcome {
    const parsed = parseJson(Buffer.concat(parts).toString('utf8'))
    body = parsed ?? null
    if (status >= 400) return classifyStatus(status, parsed, trust)
    const object = asObject(parsed)
    if (!object) return errorOf('malformed_response', 'the answer is no JSON object')
    const delta = decodeBody(object)
    addDelta(answer, delta, trust)
    if (answer.error) return answer.error
    const hasContent =
      delta.text !== '' || delta.toolCalls.length > 0 || delta.hasReasoning || delta.nativeFinishReason !== ''
    return hasContent ? { kind: 'ok' } : errorOf('empty_response', 'no content and no finish reason')
  }

  return {
    push: (bytes, atNs) => {
      watch.byte(atNs)
      parts.push(bytes)
    },
    end,
    broken: error => error,
    content: () => contentOf(answer, body),
  }
}
