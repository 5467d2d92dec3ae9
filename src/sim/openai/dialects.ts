/** What a provider's chat completions do differently from OpenAI's. */
export interface Dialect {
  /** Field of a delta that carries reasoning; null: it is billed, not shown. */
  readonly reasoningField: 'reasoning' | 'reasoning_content' | null
  /** Whether usage comes with the finish chunk, asked for or not, instead of a chunk of its own. */
  readonly isUsageOnFinish: boolean
  /** Whether a tool call comes whole in one delta. */
  readonly isToolCallWhole: boolean
  /** Whether `x-ratelimit-…` headers are sent. */
  readonly hasRateHeaders: boolean
}

/** Seen in recorded streams of these providers. */
const dialects: Readonly<Record<string, Partial<Dialect>>> = {
  openai: { reasoningField: null },
  azure: { reasoningField: null },
  groq: { reasoningField: 'reasoning', isUsageOnFinish: true, isToolCallWhole: true },
  cerebras: { reasoningField: 'reasoning', isUsageOnFinish: true },
  deepseek: { isUsageOnFinish: true, hasRateHeaders: false },
  moonshotai: { isUsageOnFinish: true },
  mistral: { isUsageOnFinish: true, isToolCallWhole: true },
  'google-ai-studio': { hasRateHeaders: false },
  google: { hasRateHeaders: false },
}

/** Most hosts of open models run an engine that calls it `reasoning_content`. */
const usual: Dialect = {
  reasoningField: 'reasoning_content',
  isUsageOnFinish: false,
  isToolCallWhole: false,
  hasRateHeaders: true,
}

/** The dialect of a provider; OpenAI's form with visible reasoning where nothing else is known. Pure. */
export function dialectOf(providerId: string): Dialect {
  return { ...usual, ...dialects[providerId] }
}
