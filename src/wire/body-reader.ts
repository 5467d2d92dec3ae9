import { addDelta, type AnswerReader, contentOf, emptyAnswer } from './answer.ts'
import { classifyStatus, errorOf, type Trust } from './classify.ts'
import { isEmptyAnswer } from './empty-answer.ts'
import { asObject, parseJson } from './json.ts'
import { decodeBody } from './delta.ts'
import type { WireProtocol } from './protocol.ts'
import type { Stopwatch } from './stamps.ts'
import type { ExchangeOutcome } from './types.ts'

/** Collaborators of one body reader. */
export interface BodyReaderOptions {
  readonly status: number
  readonly watch: Stopwatch
  readonly trust: Trust
  readonly protocol: WireProtocol
}

/** Reads an answer that is no stream: a JSON completion in the protocol's shape, or an error of any shape. */
export function createBodyReader({ status, watch, trust, protocol }: BodyReaderOptions): AnswerReader {
  const answer = emptyAnswer()
  const parts: Buffer[] = []
  let body: unknown = null

  function end(): ExchangeOutcome {
    const parsed = parseJson(Buffer.concat(parts).toString('utf8'))
    body = parsed ?? null
    if (status >= 400) return classifyStatus(status, protocol.decodeError(parsed), trust)
    const object = asObject(parsed)
    if (!object) return errorOf('malformed_response', 'the answer is no JSON object')
    const completion = protocol.decodeBody(object)
    body = completion
    const delta = decodeBody(completion)
    addDelta(answer, delta, trust)
    if (answer.error) return answer.error
    const hasToken = delta.text !== '' || delta.toolCalls.length > 0 || delta.hasReasoning
    const saysNothing = isEmptyAnswer(answer, hasToken) || !(hasToken || delta.nativeFinishReason)
    return saysNothing ? errorOf('empty_response', 'an answer without content') : { kind: 'ok' }
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
