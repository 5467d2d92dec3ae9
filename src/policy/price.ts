import { type Endpoint, type PriceMoment, priceAt } from '../catalog/index.ts'

/**
 * The one number by which endpoints are compared: USD per million tokens, prompt price plus
 * `completionWeight` times the completion price. A float, for ordering and drawing only, never for billing.
 *
 * @param moment Which overrides of the price hold; null: none.
 */
export function blendedPrice(
  { price }: Endpoint,
  completionWeight: number,
  moment: PriceMoment | null,
): number {
  const { input, output } = moment === null || price.overrides === undefined ? price : priceAt(price, moment)
  // Pico-USD per token divided by a million is USD per million tokens.
  return (Number(input) + completionWeight * Number(output)) / 1e6
}
