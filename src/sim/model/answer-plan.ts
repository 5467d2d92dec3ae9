import type { Endpoint } from '../../catalog/index.ts'
import type { Rng } from '../../core/index.ts'
import type { AnswerBlock, AnswerPlan, Refusal } from './answer.ts'
import { accuracyOf } from './accuracy.ts'
import { type AnswerContent, contentFor } from './answer-content.ts'
import type { AnswerWish } from './answer-text.ts'
import { type Pace, timeAnswer } from './answer-timing.ts'
import type { CacheUse } from './cache-use.ts'
import { faultRefusal, faultReset, faultyAnswer } from './fault-plan.ts'
import type { FaultRule } from './faults.ts'
import type { CheckerOf } from './fits-schema.ts'
import { drawAnswerTokens, type EndpointProfile } from './profile.ts'
import type { PromptDigest } from './prompt-digest.ts'
import type { RateDecision, RateState } from './rate-limiter.ts'
import { drawReasoningTokens, type ReasoningWish } from './reasoning.ts'
import type { Tokenizer } from './tokenizer.ts'

/** What a request says that matters to the model of a provider. Holds no prompt text. */
export interface ModelRequest {
  readonly prompt: PromptDigest
  readonly maxTokens: number | null
  readonly wish: AnswerWish
  /** Texts that end the answer before they would appear; none by default. */
  readonly stop?: readonly string[]
  /** How much to think before the answer; left out: as the model does by itself. */
  readonly reasoning?: ReasoningWish
  /** How many answers to give to the prompt; left out: one. */
  readonly choices?: number
}

const usualPace: Pace = { ttftFactor: 1, decodeFactor: 1 }

/** All that an answer depends on. */
export interface PlanInput {
  readonly endpoint: Endpoint
  readonly profile: EndpointProfile
  readonly request: ModelRequest
  /** What the endpoint's cache reads and writes for this prompt. */
  readonly cacheUse: Pick<CacheUse, 'readTokens' | 'writeTokens' | 'longWriteTokens'>
  /** Left out: as the profile says. */
  readonly pace?: Pace
  /** The model's share of right answers is multiplied by this; left out: 1. */
  readonly qualityFactor?: number
  /** Wait for a decoding slot; left out: none. */
  readonly waitMs?: number
  readonly fault: FaultRule | null
  /** What counts the answer. */
  readonly tokenizer: Tokenizer
  /** What checks answers against the caller's schema. */
  readonly checkerOf: CheckerOf
  /** Whether free answers are only counted and timed, not written; left out: they are written. */
  readonly isUnwritten?: boolean
  /** The request's own stream of draws. */
  readonly rng: Rng
  /** Takes the request from the endpoint's limits; called at most once, only for a request that got that far. */
  readonly takeRate: (tokens: number) => RateDecision
}

/**
 * Decides everything about one answer: error or not, when each piece is due, its text, usage, where it is cut.
 *
 * Pure but for `takeRate`. Every quantity is drawn from its own fork of `rng`, so two requests with equal
 * draws differ only by what differs in them. Order of refusals: scripted ones, context length, limits.
 */
export function planAnswer(input: PlanInput): AnswerPlan {
  const { profile, fault } = input
  const reset = faultReset(fault)
  if (reset) return reset
  const early = refusalOf(input)
  if (early) return { kind: 'refusal', atMs: profile.refusalMs, refusal: early, rate: rateOf(early, input) }
  const contents = contentsOf(input)
  const totalTokens = input.request.prompt.tokens + outputTokensOf(contents)
  const decision = input.takeRate(totalTokens)
  if (decision.kind === 'limited') {
    const refusal = { ...decision, requestedTokens: totalTokens }
    return { kind: 'refusal', atMs: profile.refusalMs, refusal, rate: decision.state }
  }
  return faultyAnswer(answerOf(input, contents, decision.state), fault, input.rng)
}

/** A scripted 429 shows an exhausted limit; other early refusals show none. */
function rateOf(refusal: Refusal, { endpoint }: PlanInput): RateState {
  const limit = endpoint.rateLimits.requestsPerMinute ?? 60
  if (refusal.kind !== 'limited') return { requests: null, tokens: null }
  return { requests: { limit, remaining: 0, resetMs: refusal.retryAfterMs ?? 60_000 }, tokens: null }
}

function refusalOf({ endpoint, request, fault, checkerOf }: PlanInput): Refusal | null {
  const requestedTokens = request.prompt.tokens
  const scripted = faultRefusal(fault, requestedTokens)
  if (scripted) return scripted
  const { contextTokens } = endpoint
  if (requestedTokens > contextTokens) return { kind: 'context_length', contextTokens, requestedTokens }
  return wrongSchema(request.wish, checkerOf)
}

/** A schema that is none is turned down, as the real APIs do before they answer. */
function wrongSchema(wish: AnswerWish, checkerOf: CheckerOf): Refusal | null {
  if (wish.kind !== 'json' || wish.schema === null) return null
  const message = checkerOf(wish.schema).fault
  return message === null ? null : { kind: 'schema', message }
}

/** The choices of an answer, each with its own draws; the first has those of an only one. */
function contentsOf(input: PlanInput): readonly AnswerContent[] {
  const { choices = 1 } = input.request
  if (choices === 1) return [contentOf(input)]
  return Array.from({ length: choices }, (_, choice) => {
    const rng = choice === 0 ? input.rng : input.rng.fork(`choice/${choice}`)
    const content = contentOf({ ...input, rng })
    return { ...content, blocks: content.blocks.map(block => Object.assign({}, block, { choice })) }
  })
}

function contentOf(input: PlanInput): AnswerContent {
  const { endpoint, profile, request, qualityFactor = 1, tokenizer, rng } = input
  const { wish, maxTokens, prompt, stop = [] } = request
  const room = Math.max(0, endpoint.contextTokens - prompt.tokens)
  const cap = Math.min(maxTokens ?? Infinity, endpoint.maxOutputTokens, room)
  const asked = wish.kind === 'filler' ? wish.tokens : null
  const reasoningTokens = drawReasoningTokens({
    endpoint,
    profile,
    wish: request.reasoning,
    cap: Math.min(cap, asked ?? Infinity),
    rng: rng.fork('reasoning length'),
  })
  const drawn = drawAnswerTokens(profile, rng.fork('length'))
  return contentFor({
    wish,
    stop,
    reasoningTokens,
    // A length that was asked for is the whole answer's, thinking included.
    fillerTokens: asked === null ? drawn : asked - reasoningTokens,
    cap,
    isConstrained: endpoint.supportedParameters.has('structured_outputs'),
    accuracyRatio: Math.min(1, accuracyOf(endpoint.modelId) * qualityFactor),
    rng,
    tokenizer,
    checkerOf: input.checkerOf,
    isUnwritten: isUnwritten(input),
  })
}

/** What a fault breaks off has pieces, so it must have been written. */
function isUnwritten(input: PlanInput): boolean {
  return (input.isUnwritten ?? false) && input.fault === null
}

function outputTokensOf(contents: readonly AnswerContent[], kind?: AnswerBlock['kind']): number {
  let sum = 0
  for (const { blocks } of contents)
    for (const block of blocks) if (kind === undefined || block.kind === kind) sum += block.tokens
  return sum
}

function answerOf(
  input: PlanInput,
  contents: readonly AnswerContent[],
  rate: RateState,
): AnswerPlan & { kind: 'answer' } {
  const { profile, request, cacheUse, pace = usualPace, waitMs = 0, tokenizer, rng } = input
  const inputTokens = request.prompt.tokens
  const cachedTokens = cacheUse.readTokens
  const prompt = { cachedTokens, uncachedTokens: inputTokens - cachedTokens }
  const blocks = contents.flatMap(content => content.blocks)
  const [first, ...others] = contents
  const usage = {
    inputTokens,
    cachedTokens,
    writtenTokens: cacheUse.writeTokens,
    longWrittenTokens: cacheUse.longWriteTokens,
    outputTokens: outputTokensOf(contents),
    reasoningTokens: outputTokensOf(contents, 'reasoning'),
  }
  return {
    kind: 'answer',
    blocks,
    ...timeAnswer({ profile, blocks, prompt, pace, waitMs, tokenizer, isUnwritten: isUnwritten(input), rng }),
    finishReason: first?.finishReason ?? 'stop',
    ...(others.length > 0 && { otherFinishReasons: others.map(({ finishReason }) => finishReason) }),
    stopSequence: first?.stopSequence ?? null,
    usage,
    cut: null,
    statedUsage: usage,
    comments: null,
    isTorn: false,
    rate,
  }
}
