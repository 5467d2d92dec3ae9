import type { PicoUsd } from '../core/index.ts'
import type { EndpointRow } from './file-schema.ts'
import { type AmountRow, amountNames, type OverrideRow } from './price-schema.ts'
import { wholePpm } from './scalars.ts'
import type { Price, PriceAmounts, PriceOverride } from './types.ts'

/** The price of an endpoint's row, less its discount. Pure; exact, because the checks refuse what is not. */
export function buildPrice(row: EndpointRow, version: string): Price {
  const { discount = 0, overrides } = row
  const {
    input,
    output,
    cacheRead = null,
    cacheWrite = null,
    request = 0n,
    ...others
  } = amountsOf(row, discount)
  if (input === undefined || output === undefined) throw new Error('a row without a price passed the checks')
  return Object.freeze({
    input,
    output,
    cacheRead,
    cacheWrite,
    request,
    ...others,
    ...(overrides?.length && {
      overrides: Object.freeze(overrides.map(entry => buildOverride(entry, discount))),
    }),
    ...(discount > 0 && { discountPpm: discount }),
    version,
  })
}

function buildOverride(row: OverrideRow, discount: number): PriceOverride {
  const { min_prompt_tokens: minPromptTokens, utc_start: start, utc_end: end, utc_days: days } = row
  const isTimed = start !== undefined && end !== undefined
  return Object.freeze({
    ...(minPromptTokens !== undefined && { minPromptTokens }),
    ...(isTimed && { utcWindow: Object.freeze({ startMinute: start, endMinute: end }) }),
    ...(days && { utcDays: Object.freeze([...days]) }),
    amounts: Object.freeze(amountsOf(row, discount)),
  })
}

/** The amounts that a row names, less the discount. */
function amountsOf(row: AmountRow, discount: number): Partial<Record<keyof PriceAmounts, PicoUsd>> {
  const amounts: Partial<Record<keyof PriceAmounts, PicoUsd>> = {}
  for (const [name, nameInFile] of amountNames) {
    const listed = row[nameInFile]
    if (listed !== undefined) amounts[name] = (listed * BigInt(wholePpm - discount)) / BigInt(wholePpm)
  }
  return amounts
}
