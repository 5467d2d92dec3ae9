import { type Price, type PriceAmounts, type PriceOverride, utcDays } from './types.ts'

/** What decides which amounts of a price hold. */
export interface PriceMoment {
  /** All tokens of the prompt, cached and written ones included. */
  readonly promptTokens: number
  /** Microseconds since 1970 UTC: when the request was made. */
  readonly epochUs: number
}

/**
 * The amounts that an endpoint takes from one request: those of its price, with every override whose conditions all hold.
 * The later override wins for each amount; what none names stays. Pure.
 */
export function priceAt(price: Price, moment: PriceMoment): PriceAmounts {
  const { overrides = [], discountPpm: _discountPpm, version: _version, ...amounts } = price
  for (const override of overrides) {
    if (holds(override, moment)) Object.assign(amounts, override.amounts)
  }
  return amounts
}

function holds(override: PriceOverride, { promptTokens, epochUs }: PriceMoment): boolean {
  const { minPromptTokens, utcWindow, utcDays: days } = override
  const instant = new Date(epochUs / 1000)
  const minute = instant.getUTCHours() * 60 + instant.getUTCMinutes()
  return (
    (minPromptTokens === undefined || promptTokens > minPromptTokens) &&
    (utcWindow === undefined || isWithin(minute, utcWindow)) &&
    (days === undefined || days.some(day => day === utcDays[instant.getUTCDay()]))
  )
}

function isWithin(minute: number, window: NonNullable<PriceOverride['utcWindow']>): boolean {
  const { startMinute, endMinute } = window
  return startMinute <= endMinute
    ? minute >= startMinute && minute < endMinute
    : minute >= startMinute || minute < endMinute
}
