import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'
import { accuracyOf } from './accuracy.ts'
import {
  type AnswerBlock,
  type AnswerContent,
  contentFor,
  type FinishReason,
  tokensOfBlock,
} from './answer-content.ts'
import { type AnswerWish, splitText } from './answer-text.ts'
import type { CacheUse } from './cache-use.ts'
import type { FaultRule } from './faults.ts'
import { drawAnswerTokens, drawTokensPerSecond, drawTtftMs, type EndpointProfile } from './profile.ts'
import type { PromptDigest } from './prompt-digest.ts'
import type { RateDecision, RateState } from './rate-limiter.ts'

/** What a request says that matters to the model of a provider. Holds no prompt text. */
export interface ModelRequest {
  readonly prompt: PromptDigest
  readonly maxTokens: number | null
  readonly wish: AnswerWish
  /** Texts that end the answer before they would appear; none by default. */
  readonly stop?: readonly string[]
  /** Length of the reasoning before the answer; 0, the default: none. */
  readonly reasoningTokens?: number
}

/** Exact token counts of an answer, in the inclusive convention: input contains cached and written tokens. */
export interface AnswerUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly writtenTokens: number
  /** Contains the reasoning tokens. */
  readonly outputTokens: number
  readonly reasoningTokens: number
}

/** Why a request is answered by an error. */
export type Refusal =
  /** A scripted HTTP status. */
  | { readonly kind: 'status'; readonly status: number }
  /** Over a limit; `retryAfterMs` null: larger than the limit itself, waiting will not help. */
  | {
      readonly kind: 'limited'
      readonly limit: 'requests' | 'tokens'
      readonly retryAfterMs: number | null
      readonly requestedTokens: number
    }
  | { readonly kind: 'context_length'; readonly contextTokens: number; readonly requestedTokens: number }

/** A piece of an answer and when it is due. */
export interface AnswerChunk {
  /** Milliseconds of simulated time after the request arrived. */
  readonly atMs: number
  readonly text: string
  /** Position in the plan's `blocks` of the block it is a piece of; never falls. */
  readonly block: number
}

/** Everything a shell must do with one request. Times are milliseconds of simulated time after it arrived. */
export type AnswerPlan =
  /** The connection is reset, nothing is written. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'refusal'; readonly atMs: number; readonly refusal: Refusal; readonly rate: RateState }
  | {
      readonly kind: 'answer'
      readonly headersAtMs: number
      /** What the answer consists of; the chunks of a block joined are its text. */
      readonly blocks: readonly AnswerBlock[]
      readonly chunks: readonly AnswerChunk[]
      /** When the last piece is due. */
      readonly endAtMs: number
      readonly finishReason: FinishReason
      /** The stop sequence that ended it; null: none did. */
      readonly stopSequence: string | null
      readonly usage: AnswerUsage
      /** Stop after that many chunks, without a finish: by closing the connection or by ending the answer. */
      readonly cut: { readonly afterChunks: number; readonly how: 'reset' | 'end' } | null
      readonly rate: RateState
    }

/** All that an answer depends on. */
export interface PlanInput {
  readonly endpoint: Endpoint
  readonly profile: EndpointProfile
  readonly request: ModelRequest
  /** What the endpoint's cache reads and writes for this prompt. */
  readonly cacheUse: Pick<CacheUse, 'readTokens' | 'writeTokens'>
  readonly fault: FaultRule | null
  /** The request's own stream of draws. */
  readonly rng: Rng
  /** Takes the request from the endpoint's limits; called at most once, only for a request that got that far. */
  readonly takeRate: (tokens: number) => RateDecision
}

/**
 * Decides everything about one answer: error or not, when each piece is due, its text, usage, where it is cut.
 *
 * Pure but for `takeRate`. Every quantity is drawn from its own fork of `rng`, so two requests with equal
 * draws differ only by what differs in them. Order of refusals: outage, scripted status, scripted rate limit,
 * context length, limits.
 */
export function planAnswer(input: PlanInput): AnswerPlan {
  const { profile, fault } = input
  if (fault?.kind === 'outage') return { kind: 'reset' }
  const early = refusalOf(input)
  if (early) return { kind: 'refusal', atMs: profile.refusalMs, refusal: early, rate: rateOf(early, input) }
  const content = contentOf(input)
  const totalTokens = input.request.prompt.tokens + outputTokensOf(content)
  const decision = input.takeRate(totalTokens)
  if (decision.kind === 'limited') {
    const refusal = { ...decision, requestedTokens: totalTokens }
    return { kind: 'refusal', atMs: profile.refusalMs, refusal, rate: decision.state }
  }
  return answerOf(input, content, decision.state)
}

/** A scripted 429 shows an exhausted limit; other early refusals show none. */
function rateOf(refusal: Refusal, { endpoint }: PlanInput): RateState {
  const limit = endpoint.rateLimits.requestsPerMinute ?? 60
  const requests = refusal.kind === 'limited' ? { limit, remaining: 0, resetMs: scriptedRetryMs } : null
  return { requests, tokens: null }
}

function refusalOf({ endpoint, request, fault }: PlanInput): Refusal | null {
  const requestedTokens = request.prompt.tokens
  if (fault?.kind === 'status' && fault.status !== 429) return { kind: 'status', status: fault.status }
  if (fault?.kind === 'status' || fault?.kind === 'rate_limit')
    return { kind: 'limited', limit: 'requests', retryAfterMs: scriptedRetryMs, requestedTokens }
  const { contextTokens } = endpoint
  return requestedTokens > contextTokens ? { kind: 'context_length', contextTokens, requestedTokens } : null
}

/** What a scripted 429 asks the caller to wait. */
const scriptedRetryMs = 1000

function contentOf({ endpoint, profile, request, rng }: PlanInput): AnswerContent {
  const { wish, maxTokens, prompt, stop = [], reasoningTokens = 0 } = request
  const room = Math.max(0, endpoint.contextTokens - prompt.tokens)
  const drawn = drawAnswerTokens(profile, rng.fork('length'))
  return contentFor({
    wish,
    stop,
    reasoningTokens,
    fillerTokens: wish.kind === 'filler' ? (wish.tokens ?? drawn) : 0,
    cap: Math.min(maxTokens ?? Infinity, endpoint.maxOutputTokens, room),
    accuracyRatio: accuracyOf(endpoint.modelId),
    rng,
  })
}

function outputTokensOf({ blocks }: AnswerContent, kind?: AnswerBlock['kind']): number {
  return blocks
    .filter(block => kind === undefined || block.kind === kind)
    .reduce((sum, block) => sum + tokensOfBlock(block), 0)
}

function piecesOf({ blocks }: AnswerContent, tokensPerChunk: number): readonly Omit<AnswerChunk, 'atMs'>[] {
  return blocks.flatMap(({ text }, block) =>
    splitText(text, tokensPerChunk).map(piece => ({ text: piece, block })),
  )
}

function answerOf(input: PlanInput, content: AnswerContent, rate: RateState): AnswerPlan {
  const { profile, request, fault, rng } = input
  const inputTokens = request.prompt.tokens
  const cachedTokens = input.cacheUse.readTokens
  const tokens = { cachedTokens, uncachedTokens: inputTokens - cachedTokens }
  const isSlow = fault?.kind === 'slow_first_token'
  const ttftMs = drawTtftMs(profile, tokens, rng.fork('ttft')) + (isSlow ? fault.delayMs : 0)
  const tokensPerSecond = drawTokensPerSecond(profile, rng.fork('decode'))
  const chunkMs = (profile.tokensPerChunk * 1000) / tokensPerSecond
  const chunks = piecesOf(content, profile.tokensPerChunk).map(({ text, block }, at) => ({
    atMs: ttftMs + at * chunkMs,
    text,
    block,
  }))
  return {
    kind: 'answer',
    headersAtMs: isSlow ? 0 : ttftMs,
    blocks: content.blocks,
    chunks,
    endAtMs: chunks.at(-1)?.atMs ?? ttftMs,
    finishReason: content.finishReason,
    stopSequence: content.stopSequence,
    usage: {
      inputTokens,
      cachedTokens,
      writtenTokens: input.cacheUse.writeTokens,
      outputTokens: outputTokensOf(content),
      reasoningTokens: outputTokensOf(content, 'reasoning'),
    },
    cut: fault?.kind === 'cut_stream' ? cutOf(chunks.length, rng.fork('cut')) : null,
    rate,
  }
}

/** Somewhere before the last chunk, at least one chunk in; half the cuts close the connection, half end cleanly. */
function cutOf(chunks: number, rng: Rng): { readonly afterChunks: number; readonly how: 'reset' | 'end' } {
  const how = rng.next() < 0.5 ? 'reset' : 'end'
  return { afterChunks: chunks < 2 ? chunks : 1 + rng.int(chunks - 1), how }
}
