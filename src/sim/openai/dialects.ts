/** What a provider's chat completions do differently from OpenAI's. */
export interface Dialect {
  /** Field of a delta that carries reasoning; null: it is billed, not shown. */
  readonly reasoningField: 'reasoning' | 'reasoning_content' | null
  /** Whether usage comes with the finish chunk, asked for or not, instead of a chunk of its own. */
  readonly isUsageOnFinish: boolean
  /** Whether a tool call comes whole in one delta. */
  readonly isToolCallWhole: boolean
  /** Which limits `x-ratelimit-…-requests` tells; null: such headers are not sent. */
  readonly requestHeaders: 'minute' | 'day' | null
  /** Whether a 429 also says in milliseconds when to try again. */
  readonly hasRetryMs: boolean
}

/** Seen in recorded streams of these providers; their headers from their documentation. */
const dialects: Readonly<Record<string, Partial<Dialect>>> = {
  openai: { reasoningField: null },
  azure: { reasoningField: null },
  groq: {
    reasoningField: 'reasoning',
    isUsageOnFinish: true,
    isToolCallWhole: true,
    requestHeaders: 'day',
    hasRetryMs: false,
  },
  cerebras: { reasoningField: 'reasoning', isUsageOnFinish: true },
  deepseek: { isUsageOnFinish: true, requestHeaders: null },
  moonshotai: { isUsageOnFinish: true },
  mistral: { isUsageOnFinish: true, isToolCallWhole: true },
  'google-ai-studio': { requestHeaders: null },
  google: { requestHeaders: null },
}

/** Most hosts of open models run an engine that calls it `reasoning_content`. */
const usual: Dialect = {
  reasoningField: 'reasoning_content',
  isUsageOnFinish: false,
  isToolCallWhole: false,
  requestHeaders: 'minute',
  hasRetryMs: true,
}

const whole = new Map(Object.entries(dialects).map(([id, own]) => [id, { ...usual, ...own }] as const))

/** The dialect of a provider; OpenAI's form with visible reasoning where nothing else is known. Pure. */
export function dialectOf(providerId: string): Dialect {
  return whole.get(providerId) ?? usual
}
