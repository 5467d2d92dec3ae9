import type { Rng } from '../../core/index.ts'
import type { AnswerBlock, AnswerChunk } from './answer.ts'
import { splitText, tokensOf } from './answer-text.ts'
import { drawTokensPerSecond, drawTtftMs, type EndpointProfile } from './profile.ts'

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
export function timeAnswer({ profile, blocks, prompt, pace, waitMs, rng }: TimingInput): AnswerTiming {
  const firstAtMs = waitMs + drawTtftMs(profile, prompt, rng.fork('ttft')) * pace.ttftFactor
  const msPerToken = 1000 / (drawTokensPerSecond(profile, rng.fork('decode')) * pace.decodeFactor)
  const sizes = rng.fork('chunks')
  const chunks: AnswerChunk[] = []
  let tokens = 0
  let firstTokens = 0
  for (const [block, { text }] of blocks.entries()) {
    for (const piece of piecesOf(text, profile, sizes)) {
      tokens += profile.chunkTokens.max === 1 ? 1 : tokensOf(piece)
      if (chunks.length === 0) firstTokens = tokens
      chunks.push({ atMs: firstAtMs + (tokens - firstTokens) * msPerToken, text: piece, block })
    }
  }
  return { headersAtMs: firstAtMs, chunks, endAtMs: chunks.at(-1)?.atMs ?? firstAtMs }
}

/** Pieces of one chunk each; where a chunk carries several tokens, of drawn sizes (uniform between the bounds). */
function piecesOf(text: string, { chunkTokens: { min, max } }: EndpointProfile, rng: Rng): readonly string[] {
  if (min === max) return splitText(text, max)
  const tokens = splitText(text, 1)
  const pieces: string[] = []
  for (let at = 0; at < tokens.length; ) {
    const size = min + rng.int(max - min + 1)
    pieces.push(tokens.slice(at, at + size).join(''))
    at += size
  }
  return pieces
}
