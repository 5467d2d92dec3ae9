import type { JsonObject } from '../../core/index.ts'
import { asObject } from '../json.ts'
import type { StreamDecoder } from '../protocol.ts'
import { createBlockDecoder } from './block-decoder.ts'
import { finishOf, refusalOf } from './decode-message.ts'
import { decodeErrorObject } from './error-body.ts'
import { openaiTier } from './service-tier.ts'
import { openaiUsage } from './usage.ts'

/**
 * Decodes the events of one message. Usage is told when the message says its end, since until then it counts no output:
 * counts of `message_delta` are totals and go before those of `message_start`. A `message_start` that comes again is a
 * repeat; one of another message after content is an error, since the first was cut off (both are recorded faults).
 * Events and blocks of unknown types are skipped, as Anthropic asks of its clients.
 */
export function createEventDecoder(): StreamDecoder {
  const blocks = createBlockDecoder()
  let head: JsonObject = {}
  let usage: JsonObject = {}
  let isOver = false

  const choice = (fields: JsonObject, extra: JsonObject = {}) => [{ ...head, ...chunkOf(fields), ...extra }]
  const said = (delta: JsonObject | null) => (delta === null ? [] : choice({ delta }))
  /** Nothing that follows belongs to this answer. */
  function failure(error: JsonObject): readonly JsonObject[] {
    isOver = true
    return [{ ...head, error, choices: [] }]
  }

  function start(message: JsonObject): readonly JsonObject[] {
    const { id, model } = message
    const isFirst = head['id'] === undefined
    if (blocks.hasBegun() && id !== head['id']) {
      return failure({ message: 'a second message began before the first one ended' })
    }
    usage = { ...usage, ...asObject(message['usage']) }
    const tier = openaiTier(usage['service_tier'])
    head = { id, model, ...(tier !== undefined && { service_tier: tier }) }
    return isFirst ? said({ role: 'assistant', content: '' }) : []
  }

  function startBlock({ index, content_block: block }: JsonObject): readonly JsonObject[] {
    const content = asObject(block) ?? {}
    // Another model goes on where the first one refused.
    if (content['type'] === 'fallback') head = { ...head, model: asObject(content['to'])?.['model'] }
    return said(blocks.start(index, content))
  }

  function end(event: JsonObject): readonly JsonObject[] {
    const told = asObject(event['delta']) ?? {}
    const counts = asObject(event['usage'])
    usage = { ...usage, ...withoutNulls(counts ?? {}) }
    const refusal = refusalOf(told)
    const delta = refusal === null ? {} : { refusal }
    return choice({ delta, ...finishOf(told) }, counts ? { usage: openaiUsage(usage) } : {})
  }

  function chunks(event: JsonObject): readonly JsonObject[] {
    if (isOver) return []
    switch (event['type']) {
      case 'message_start':
        return start(asObject(event['message']) ?? {})
      case 'content_block_start':
        return startBlock(event)
      case 'content_block_delta':
        return said(blocks.continue(event['index'], asObject(event['delta']) ?? {}))
      case 'content_block_stop':
        return said(blocks.end(event['index']))
      case 'message_delta':
        return end(event)
      case 'message_stop':
        isOver = true
        return []
      case 'error':
        return failure(decodeErrorObject(asObject(event['error']) ?? {}))
      default:
        return []
    }
  }
  return { chunks, isOver: () => isOver }
}

function chunkOf(choice: JsonObject): JsonObject {
  return { object: 'chat.completion.chunk', choices: [{ index: 0, finish_reason: null, ...choice }] }
}

/** Null counts say nothing: those of the beginning stand. */
function withoutNulls(counts: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== null))
}
