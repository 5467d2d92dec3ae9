/** An amount of money: an integer number of pico-USD (1e-12 USD). Exact; never a float. */
export type PicoUsd = bigint

/** Pico-USD in one USD. */
export const picoPerUsd: PicoUsd = 10n ** 12n

const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * Reads a decimal amount of USD ("0.000003", "1.5", "3e-7") exactly.
 *
 * @returns null when the text is no decimal number or needs more than 12 places after the point.
 */
export function parseUsd(text: string): PicoUsd | null {
  const match = decimal.exec(text.trim())
  if (!match) return null
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const places = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  if (places <= 12) return withSign(digits * 10n ** BigInt(12 - places), sign)
  const divisor = 10n ** BigInt(places - 12)
  return digits % divisor === 0n ? withSign(digits / divisor, sign) : null
}

/**
 * Writes an amount as a decimal string of USD without trailing zeros: 1500000000000n → "1.5", 0n → "0".
 * `parseUsd(formatUsd(x)) === x` for every x.
 */
export function formatUsd(amount: PicoUsd): string {
  const magnitude = amount < 0n ? -amount : amount
  const whole = magnitude / picoPerUsd
  const fraction = (magnitude % picoPerUsd).toString().padStart(12, '0').replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`
}

function withSign(magnitude: bigint, sign: string | undefined): PicoUsd {
  return sign === '-' ? -magnitude : magnitude
}
