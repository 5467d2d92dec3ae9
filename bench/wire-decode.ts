// How fast streams are decoded, and chunks written again for the caller, on one core.
// Usage: node bench/wire-decode.ts [events a round, default 300000] [rounds, default 5]
// Promised: 250,000 small events a second; 6 µs to write a chunk again.
import { chunkBody } from '../src/router/answer-body.ts'
import { decodeChunk } from '../src/wire/delta.ts'
import { asObject, parseJson } from '../src/wire/json.ts'
import { wireProtocols } from '../src/wire/protocols.ts'
import { createSseDecoder } from '../src/wire/sse.ts'
import { endpointOf } from '../test/sim/tiny-catalog.ts'

const [events = 300_000, rounds = 5] = process.argv.slice(2).map(Number)

const choice = { index: 0, delta: { content: ' hello' }, logprobs: null, finish_reason: null }
const chunk = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'gpt-5.5',
  choices: [choice],
  usage: null,
}
const samples = {
  openai: chunk,
  anthropic: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' hello' } },
  gemini: {
    candidates: [{ content: { parts: [{ text: ' hello' }], role: 'model' }, index: 0 }],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 14 },
    modelVersion: 'gemini-3.5-flash',
    responseId: 'r1',
  },
} as const

/** One event in one piece, and ten: providers flush after each, networks put some together. */
const piecesOf = (event: object, perPiece: number) =>
  Buffer.from(`data: ${JSON.stringify(event)}\n\n`.repeat(perPiece))

/** Framing alone, with JSON, and all the way to a delta; events a second. */
function rate(wire: keyof typeof samples, perPiece: number, depth: 'frames' | 'json' | 'all'): number {
  const decoder = wireProtocols[wire].createDecoder()
  let seen = 0
  const sse = createSseDecoder({
    onComment: () => undefined,
    onTooLong: () => undefined,
    onData: text => {
      seen += 1
      if (depth === 'frames') return
      const data = asObject(parseJson(text)) ?? {}
      if (depth === 'all') for (const made of decoder.chunks(data)) decodeChunk(made)
    },
  })
  const piece = piecesOf(samples[wire], perPiece)
  const startMs = performance.now()
  for (let at = 0; at < events / perPiece; at++) sse.push(piece)
  return (seen / (performance.now() - startMs)) * 1000
}

/** Microseconds for one chunk as the router sends it on. */
function rewriteUs(): number {
  const signature = { id: 'gen-1', created: 1_790_000_000, endpoint: endpointOf() }
  let bytes = 0
  const startMs = performance.now()
  for (let at = 0; at < events; at++) {
    bytes += Buffer.byteLength(`data: ${JSON.stringify(chunkBody(chunk, signature))}\n\n`)
  }
  if (bytes === 0) throw new Error('nothing was written')
  return ((performance.now() - startMs) * 1000) / events
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
const measured = (measure: () => number) => median(Array.from({ length: rounds }, measure))
const thousands = (value: number) => `${Math.round(value / 1000)}k`

console.log(`median of ${rounds} rounds of ${events} events; a second: frames, with JSON, to a delta`)
for (const wire of ['openai', 'anthropic', 'gemini'] as const) {
  for (const perPiece of [1, 10]) {
    const rates = (['frames', 'json', 'all'] as const).map(depth =>
      measured(() => rate(wire, perPiece, depth)),
    )
    const bytes = piecesOf(samples[wire], 1).length
    console.log(`${wire}, ${bytes} bytes, ${perPiece} in a piece: ${rates.map(thousands).join(', ')}`)
  }
}
console.log(`a chunk written again: ${measured(rewriteUs).toFixed(2)} µs`)
