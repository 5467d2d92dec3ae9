import type { Price, PriceAmounts, PriceOverride } from '../../catalog/index.ts'
import { formatUsd, type JsonObject } from '../../core/index.ts'

/** OpenRouter's name of each amount. */
const names: Readonly<Record<keyof PriceAmounts, string>> = {
  input: 'prompt',
  output: 'completion',
  request: 'request',
  cacheRead: 'input_cache_read',
  cacheWrite: 'input_cache_write',
  cacheWrite1h: 'input_cache_write_1h',
  reasoning: 'internal_reasoning',
  audio: 'audio',
  audioCacheRead: 'input_audio_cache',
  audioOutput: 'audio_output',
  image: 'image',
  imageToken: 'image_token',
  imageOutput: 'image_output',
}

/**
 * The `pricing` object of a model or endpoint: decimal strings of USD per token, image or request. What an endpoint
 * does not price is left out. The amounts are what is paid; `discount` tells the share that is off already. Pure.
 */
export function pricingBody(price: Price): JsonObject {
  const { overrides = [], discountPpm = 0 } = price
  return {
    ...amountsBody(price),
    ...(discountPpm !== 0 && { discount: discountPpm / 1e6 }),
    ...(overrides.length > 0 && { overrides: overrides.map(overrideBody) }),
  }
}

function amountsBody(amounts: Partial<PriceAmounts>): JsonObject {
  const keys: readonly (keyof PriceAmounts)[] = Object.keys(names).filter(isAmount)
  const priced = keys.map(key => [names[key], amounts[key] ?? null] as const)
  return Object.fromEntries(
    priced.flatMap(([name, amount]) => (amount === null ? [] : [[name, formatUsd(amount)]])),
  )
}

function isAmount(key: string): key is keyof PriceAmounts {
  return Object.hasOwn(names, key)
}

function overrideBody({ minPromptTokens, utcWindow, utcDays, amounts }: PriceOverride): JsonObject {
  return {
    ...(minPromptTokens !== undefined && { min_prompt_tokens: minPromptTokens }),
    ...(utcWindow && {
      utc_start: clockNumber(utcWindow.startMinute),
      utc_end: clockNumber(utcWindow.endMinute),
    }),
    ...(utcDays && { utc_days: [...utcDays] }),
    ...amountsBody(amounts),
  }
}

/** Minutes after midnight as OpenRouter's HHMM integer: 90 is 130. */
function clockNumber(minute: number): number {
  return Math.floor(minute / 60) * 100 + (minute % 60)
}
