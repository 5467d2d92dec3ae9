import type { Rng } from '../../core/index.ts'
import type { AnswerBlock, AnswerChunk } from './answer.ts'
import { drawTokensPerSecond, drawTtftMs, type EndpointProfile } from './profile.ts'
import type { TextUnit, Tokenizer } from './tokenizer.ts'

/** How much slower or faster than its profile an endpoint is for a while; 1: as its profile says. */
export interface Pace {
  /** Multiplies the time to the first token. */
  readonly ttftFactor: number
  /** Multiplies the decode speed. */
  readonly decodeFactor: number
}

/** What decides when each piece of an answer leaves. */
export interface TimingInput {
  readonly profile: EndpointProfile
  readonly blocks: readonly AnswerBlock[]
  readonly prompt: { readonly uncachedTokens: number; readonly cachedTokens: number }
  readonly pace: Pace
  /** Wait for a decoding slot, before prefill. */
  readonly waitMs: number
  readonly tokenizer: Tokenizer
  /** Whether chunks are left out where only the end matters: blocks then have no text. */
  readonly isUnwritten: boolean
  readonly rng: Rng
}

/** When an answer leaves, in milliseconds of simulated time after its request arrived. */
export interface AnswerTiming {
  readonly headersAtMs: number
  readonly chunks: readonly AnswerChunk[]
  readonly endAtMs: number
}

/**
 * Draws the times of an answer. Pure.
 *
 * The first chunk, reasoning or not, leaves at queue wait + drawn first-token time. From there tokens come at one
 * drawn speed, whatever block they belong to, and a chunk leaves when its last token is there; only the first
 * chunk costs no decode time, as the first-token time is measured to it.
 */
export function timeAnswer(input: TimingInput): AnswerTiming {
  const { profile, prompt, waitMs, rng } = input
  const firstAtMs = waitMs + drawTtftMs(profile, prompt, rng.fork('ttft')) * input.pace.ttftFactor
  const tokensPerSecond = drawTokensPerSecond(profile, rng.fork('decode')) * input.pace.decodeFactor
  const speed = {
    firstAtMs,
    msPerToken: 1000 / tokensPerSecond,
    sizeOf: chunkSizes(profile, rng.fork('chunks')),
  }
  const choices = choicesOf(input.blocks)
  if (input.isUnwritten) return unwritten(choices, speed)
  const chunks = choices.flatMap(choice => chunksOf(choice, speed, input.tokenizer))
  // Choices are decoded at once, each at that speed.
  if (choices.length > 1) chunks.sort((a, b) => a.atMs - b.atMs)
  return { headersAtMs: firstAtMs, chunks, endAtMs: chunks.at(-1)?.atMs ?? firstAtMs }
}

/** The blocks of one choice, with their positions in the plan. */
type Choice = readonly (readonly [position: number, block: AnswerBlock])[]

function choicesOf(blocks: readonly AnswerBlock[]): readonly Choice[] {
  const all = [...blocks.entries()]
  if (blocks.every(({ choice = 0 }) => choice === 0)) return [all]
  return [...Map.groupBy(all, ([, { choice = 0 }]) => choice).values()]
}

interface Speed {
  readonly firstAtMs: number
  readonly msPerToken: number
  /** Tokens of the next chunk. */
  readonly sizeOf: () => number
}

function chunksOf(
  choice: Choice,
  { firstAtMs, msPerToken, sizeOf }: Speed,
  tokenizer: Tokenizer,
): readonly AnswerChunk[] {
  const chunks: AnswerChunk[] = []
  let tokens = 0
  let firstTokens = 0
  for (const [block, { text, tokens: blockTokens }] of choice) {
    const units = tokenizer.units(text)
    // What a block counts beside its text, a tool's name, comes with its first piece.
    let extra = blockTokens - units.reduce((sum, unit) => sum + unit.tokens, 0)
    for (let at = 0; at < units.length; ) {
      const piece = pieceFrom(units, at, sizeOf())
      at = piece.end
      const pieceTokens = piece.tokens + extra
      extra = 0
      tokens += pieceTokens
      if (chunks.length === 0) firstTokens = tokens
      const atMs = firstAtMs + (tokens - firstTokens) * msPerToken
      chunks.push({ atMs, text: piece.text, tokens: pieceTokens, block })
    }
  }
  return chunks
}

/** The same times without the chunks, as far as every token can be a chunk's last. */
function unwritten(choices: readonly Choice[], { firstAtMs, msPerToken, sizeOf }: Speed): AnswerTiming {
  const lasts = choices.map(choice => {
    const all = choice.reduce((sum, [, { tokens }]) => sum + tokens, 0)
    const first = Math.min(sizeOf(), choice[0]?.[1].tokens ?? 0)
    return Math.max(0, all - first) * msPerToken
  })
  return { headersAtMs: firstAtMs, chunks: [], endAtMs: firstAtMs + Math.max(0, ...lasts) }
}

/** Draws the tokens of each chunk, evenly between the bounds. */
function chunkSizes({ chunkTokens: { min, max } }: EndpointProfile, rng: Rng): () => number {
  return min === max ? () => max : () => min + rng.int(max - min + 1)
}

/** Units from a position on, as many as make up so many tokens; at least one. */
function pieceFrom(
  units: readonly TextUnit[],
  from: number,
  size: number,
): TextUnit & { readonly end: number } {
  let text = ''
  let tokens = 0
  let end = from
  for (; end < units.length && tokens < size; end++) {
    text += units[end]?.text ?? ''
    tokens += units[end]?.tokens ?? 0
  }
  return { text, tokens, end }
}
