/** The tier that served, in OpenAI's words; undefined where it is not told. Pure. */
export function openaiTier(tier: unknown): string | undefined {
  if (tier === 'standard') return 'default'
  return typeof tier === 'string' ? tier : undefined
}
