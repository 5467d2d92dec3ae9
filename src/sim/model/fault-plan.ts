import type { Rng } from '../../core/index.ts'
import type { AnswerBreak, AnswerPlan, Refusal } from './answer.ts'
import { effectOf, type FaultEffect } from './fault-effects.ts'
import type { FaultRule } from './faults.ts'

type Answer = AnswerPlan & { kind: 'answer' }

/** The refusal that a fault makes of a request, or null. Pure. */
export function faultRefusal(fault: FaultRule | null, requestedTokens: number): Refusal | null {
  const effect = fault && effectOf(fault.kind)
  if (!fault || effect?.step !== 'refusal') return null
  const { status, dialect = 'native', retryAfterMs = 1000, body = 'json' } = fault
  const limited = { kind: 'limited', requestedTokens, dialect } as const
  if (effect.as === 'quota') return { kind: 'quota' }
  if (effect.as === 'too_large') return { ...limited, limit: 'tokens', retryAfterMs: null }
  if (effect.as === 'rate_limit' || status === 429) return { ...limited, limit: 'requests', retryAfterMs }
  return { kind: 'status', status, body }
}

/** A connection fault as a plan, or null. Pure. */
export function faultReset(fault: FaultRule | null): (AnswerPlan & { kind: 'reset' }) | null {
  const effect = fault && effectOf(fault.kind)
  return effect?.step === 'connection' ? { kind: 'reset', how: effect.how } : null
}

/** The answer as a fault leaves it; refusals and connection faults change nothing here. Pure. */
export function faultyAnswer(answer: Answer, fault: FaultRule | null, rng: Rng): Answer {
  if (!fault) return answer
  const effect: FaultEffect = effectOf(fault.kind)
  switch (effect.step) {
    case 'connection':
    case 'refusal':
      return answer
    case 'delay':
      return delayed(answer, fault, { of: effect.of, rng: rng.fork('cut') })
    case 'break':
      return { ...answer, cut: breakOf(answer, effect, { fault, rng: rng.fork('cut') }) }
    case 'content':
      return withContent(answer, effect.as, fault.factor ?? 2)
    case 'pieces':
      return { ...answer, isTorn: true }
  }
}

interface Delay {
  readonly of: (FaultEffect & { step: 'delay' })['of']
  readonly rng: Rng
}

function delayed(answer: Answer, fault: FaultRule, { of, rng }: Delay): Answer {
  const { delayMs } = fault
  switch (of) {
    case 'all':
      return paced(answer, fault.factor ?? 2)
    case 'headers':
      return { ...later(answer, 0, delayMs), headersAtMs: answer.headersAtMs + delayMs }
    case 'first_token':
      return { ...later(answer, 0, delayMs), headersAtMs: 0 }
    case 'middle':
      return stalled(answer, fault, someChunks(answer, rng))
  }
}

/** The answer with all its times multiplied by `factor`. Pure. */
function paced(answer: Answer, factor: number): Answer {
  return {
    ...answer,
    headersAtMs: answer.headersAtMs * factor,
    chunks: answer.chunks.map(chunk => ({ ...chunk, atMs: chunk.atMs * factor })),
    endAtMs: answer.endAtMs * factor,
  }
}

function later(answer: Answer, fromChunk: number, delayMs: number): Answer {
  const chunks = answer.chunks.map((chunk, at) =>
    at < fromChunk ? chunk : { ...chunk, atMs: chunk.atMs + delayMs },
  )
  return { ...answer, chunks, endAtMs: answer.endAtMs + delayMs }
}

function stalled(answer: Answer, { delayMs, commentMs = null }: FaultRule, afterChunks: number): Answer {
  const fromMs = answer.chunks[afterChunks - 1]?.atMs ?? answer.headersAtMs
  const comments = commentMs === null ? null : { fromMs, everyMs: commentMs }
  if (delayMs === 0) return { ...answer, comments, cut: { afterChunks, how: 'hang' } }
  return { ...later(answer, afterChunks, delayMs), comments }
}

interface Break {
  readonly fault: FaultRule
  readonly rng: Rng
}

function breakOf(
  answer: Answer,
  { after, how }: FaultEffect & { step: 'break' },
  { fault, rng }: Break,
): AnswerBreak {
  if (how !== 'drawn') return { how, afterChunks: after === 'headers' ? 0 : someChunks(answer, rng) }
  const drawn = rng.next() < 0.5 ? 'reset' : 'end'
  return { how: fault.how ?? drawn, afterChunks: someChunks(answer, rng) }
}

/** Somewhere before the last chunk, at least one chunk in. */
function someChunks({ chunks: { length } }: Answer, rng: Rng): number {
  return length < 2 ? length : 1 + rng.int(length - 1)
}

function withContent(answer: Answer, as: (FaultEffect & { step: 'content' })['as'], factor: number): Answer {
  const { usage } = answer
  switch (as) {
    case 'missing_usage':
      return { ...answer, statedUsage: null }
    case 'wrong_usage':
      return { ...answer, statedUsage: { ...usage, outputTokens: Math.round(usage.outputTokens * factor) } }
    case 'empty': {
      const none = { ...usage, outputTokens: 0, reasoningTokens: 0 }
      const empty = { blocks: [], chunks: [], finishReason: 'stop', stopSequence: null } as const
      return { ...answer, ...empty, endAtMs: answer.headersAtMs, usage: none, statedUsage: none }
    }
  }
}
