/** What a provider's chat completions do differently from OpenAI's. */
export interface Dialect {
  /** Field of a delta that carries reasoning; null: it is billed, not shown. */
  readonly reasoningField: 'reasoning' | 'reasoning_content' | null
  /** Whether usage comes with the finish chunk, asked for or not, instead of a chunk of its own. */
  readonly isUsageOnFinish: boolean
  /** Whether `completion_tokens` leaves out the reasoning tokens, which then stand beside it in the total. */
  readonly isReasoningApart: boolean
  /** Whether usage also tells `prompt_cache_hit_tokens` and `prompt_cache_miss_tokens`. */
  readonly hasCacheHits: boolean
  /** How server-side times are told, in seconds: in usage, which stands in `x_groq` too, or in `time_info`. */
  readonly times: 'groq' | 'cerebras' | null
  /** Whether a chunk that does not finish says so by null, instead of leaving `finish_reason` and `logprobs` out. */
  readonly hasNullFinish: boolean
  /** Whether a first chunk without choices, id and model tells that the prompt passed the filters. */
  readonly isFilterFirst: boolean
  /** Whether bodies and chunks name their `object`. */
  readonly hasObject: boolean
  /**
   * How a stream brings a tool call: id and name first, then the arguments in `pieces`, or in pieces that repeat an
   * empty id (`repeated`); `whole` in one delta; or `bare`, whole and without index and type on the finish chunk.
   */
  readonly toolCalls: 'pieces' | 'repeated' | 'whole' | 'bare'
  /** Which limits `x-ratelimit-…-requests` tells; null: such headers are not sent. */
  readonly requestHeaders: 'minute' | 'day' | null
  /** Whether a 429 also says in milliseconds when to try again. */
  readonly hasRetryMs: boolean
}

/** Seen in recorded streams of these providers; their headers from their documentation. */
const dialects: Readonly<Record<string, Partial<Dialect>>> = {
  openai: { reasoningField: null },
  azure: { reasoningField: null, isFilterFirst: true },
  groq: {
    reasoningField: 'reasoning',
    isUsageOnFinish: true,
    times: 'groq',
    toolCalls: 'whole',
    requestHeaders: 'day',
    hasRetryMs: false,
  },
  cerebras: { reasoningField: 'reasoning', isUsageOnFinish: true, times: 'cerebras' },
  deepseek: { isUsageOnFinish: true, hasCacheHits: true, requestHeaders: null },
  moonshotai: { isUsageOnFinish: true, hasObject: false },
  mistral: { isUsageOnFinish: true, toolCalls: 'bare' },
  alibaba: { toolCalls: 'repeated' },
  xai: { isReasoningApart: true, hasNullFinish: false },
  'google-ai-studio': { requestHeaders: null },
  google: { requestHeaders: null },
}

/** Most hosts of open models run an engine that calls it `reasoning_content`. */
const usual: Dialect = {
  reasoningField: 'reasoning_content',
  isUsageOnFinish: false,
  isReasoningApart: false,
  hasCacheHits: false,
  times: null,
  hasNullFinish: true,
  isFilterFirst: false,
  hasObject: true,
  toolCalls: 'pieces',
  requestHeaders: 'minute',
  hasRetryMs: true,
}

const whole = new Map(Object.entries(dialects).map(([id, own]) => [id, { ...usual, ...own }] as const))

/** The dialect of a provider; OpenAI's form with visible reasoning where nothing else is known. Pure. */
export function dialectOf(providerId: string): Dialect {
  return whole.get(providerId) ?? usual
}
