import type { PriceAmounts } from '../catalog/index.ts'
import type { CostUnknownReason } from './cost.ts'
import type { Usage } from './usage.ts'

/** What is billed of one answer. Each token is in exactly one kind. */
export interface BilledUnits {
  readonly input: bigint
  readonly cacheRead: bigint
  readonly cacheWrite5m: bigint
  readonly cacheWrite1h: bigint
  readonly audio: bigint
  readonly audioCacheRead: bigint
  readonly imageTokens: bigint
  readonly images: bigint
  readonly output: bigint
  readonly reasoning: bigint
  readonly audioOutput: bigint
  readonly outputImages: bigint
}

interface Billed {
  readonly usage: Usage
  readonly amounts: PriceAmounts
  /** Images in the request. */
  readonly images: number
}

/** What is billed, and what would be had nothing been read from a cache or written to one. */
interface Split {
  readonly tokens: BilledUnits
  readonly uncached: BilledUnits
}

/**
 * Sorts the tokens of an answer into what they are billed as at these amounts. Audio and images are told apart only where
 * they cost something else than text. Pure.
 *
 * @returns the reason when that cannot be known.
 */
export function splitTokens(billed: Billed): Split | CostUnknownReason {
  const { usage, amounts, images } = billed
  if (isContradictory(usage)) return 'usage_contradictory'
  const kinds = modalitiesOf(billed)
  if (typeof kinds === 'string') return kinds
  const { audio, cachedAudio, imageTokens } = kinds
  const { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens = 0 } = usage
  if (cacheWrite1hTokens > 0 && amounts.cacheWrite1h === undefined && amounts.cacheWrite !== null)
    return 'no_price_cache_write_1h'
  const text = inputTokens - audio - imageTokens
  const input = text - (cacheReadTokens - cachedAudio) - cacheWriteTokens
  if (input < 0) return 'usage_contradictory'
  const uncached = {
    ...outputUnits(usage),
    ...noCacheUnits,
    input: BigInt(text),
    audio: BigInt(audio),
    imageTokens: BigInt(imageTokens),
    images: BigInt(images),
  }
  const tokens = {
    ...uncached,
    input: BigInt(input),
    cacheRead: BigInt(cacheReadTokens - cachedAudio),
    cacheWrite5m: BigInt(cacheWriteTokens - cacheWrite1hTokens),
    cacheWrite1h: BigInt(cacheWrite1hTokens),
    audio: BigInt(audio - cachedAudio),
    audioCacheRead: BigInt(cachedAudio),
  }
  return { tokens, uncached }
}

const noCacheUnits = { cacheRead: 0n, cacheWrite5m: 0n, cacheWrite1h: 0n, audioCacheRead: 0n } as const

function outputUnits({ outputTokens, reasoningTokens, audioOutputTokens = 0, outputImages = 0 }: Usage) {
  return {
    output: BigInt(outputTokens - reasoningTokens - audioOutputTokens),
    reasoning: BigInt(reasoningTokens),
    audioOutput: BigInt(audioOutputTokens),
    outputImages: BigInt(outputImages),
  }
}

/** Whether a count is none, or a part is larger than what contains it. */
function isContradictory({ reportedCost: _reportedCost, ...counts }: Usage): boolean {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = counts
  const { cacheWrite1hTokens = 0, audioTokens = 0, audioCacheReadTokens = 0 } = counts
  const { audioOutputTokens = 0, imageTokens = 0 } = counts
  return (
    Object.values(counts).some(count => !Number.isSafeInteger(count) || count < 0) ||
    cacheReadTokens + cacheWriteTokens > inputTokens ||
    cacheWrite1hTokens > cacheWriteTokens ||
    reasoningTokens + audioOutputTokens > outputTokens ||
    audioTokens + imageTokens > inputTokens ||
    audioCacheReadTokens > Math.min(audioTokens, cacheReadTokens)
  )
}

interface Modalities {
  /** Cached ones included. */
  readonly audio: number
  readonly cachedAudio: number
  readonly imageTokens: number
}

/** The tokens of audio and images, 0 where they cost the same as text. */
function modalitiesOf({ usage, amounts, images }: Billed): Modalities | CostUnknownReason {
  const { cacheReadTokens, cacheWriteTokens } = usage
  const audio = hasOwnAudio(amounts) ? (usage.audioTokens ?? 0) : 0
  const imageTokens = hasOwnImage(amounts) ? (usage.imageTokens ?? (images > 0 ? null : 0)) : 0
  if (imageTokens === null) return 'modality_unknown'
  if (audio + imageTokens === 0 || cacheReadTokens + cacheWriteTokens === 0)
    return { audio, imageTokens, cachedAudio: 0 }
  // Nobody tells how many tokens of images were cached, or of which kind the written ones were.
  if (imageTokens > 0 || cacheWriteTokens > 0) return 'modality_unknown'
  const cachedAudio = cachedAudioOf(usage, amounts)
  return typeof cachedAudio === 'string' ? cachedAudio : { audio, imageTokens, cachedAudio }
}

function cachedAudioOf(usage: Usage, amounts: PriceAmounts): number | CostUnknownReason {
  const { audioCacheReadTokens } = usage
  if (audioCacheReadTokens === undefined) return 'modality_unknown'
  const isPriced = amounts.audioCacheRead !== undefined || amounts.cacheRead === null
  return audioCacheReadTokens === 0 || isPriced ? audioCacheReadTokens : 'no_price_audio_cache_read'
}

function hasOwnAudio({ input, cacheRead, audio = input, audioCacheRead }: PriceAmounts): boolean {
  const read = cacheRead ?? input
  return audio !== input || (audioCacheRead ?? read) !== read
}

function hasOwnImage({ input, imageToken = input }: PriceAmounts): boolean {
  return imageToken !== input
}
