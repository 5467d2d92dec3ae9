import type { Endpoint } from '../catalog/index.ts'

/**
 * The one number by which endpoints are compared: USD per million tokens, prompt price plus
 * `completionWeight` times the completion price. A float, for ordering and drawing only, never for billing.
 */
export function blendedPrice(endpoint: Endpoint, completionWeight: number): number {
  const { input, output } = endpoint.price
  // Pico-USD per token divided by a million is USD per million tokens.
  return (Number(input) + completionWeight * Number(output)) / 1e6
}
