/** What a host of chat completions takes differently from most others. */
export interface Host {
  /** The only name it knows for the longest answer; null: takes both. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens' | null
  /**
   * How it is asked to think: by OpenRouter's `reasoning` object, by OpenAI's `reasoning_effort`, by an on/off `thinking`
   * object, or by `enable_thinking` with a budget.
   */
  readonly reasoning: 'reasoning' | 'reasoning_effort' | 'thinking' | 'enable_thinking'
  /** Whether usage in streams is asked for; a host that does not know the field tells usage anyway. */
  readonly hasStreamOptions: boolean
  /** Whether it takes `cache_control` marks; others refuse them or cache by themselves. */
  readonly takesCacheMarks: boolean
  /** Fields that it knows under another name. */
  readonly renamed: Readonly<Record<string, string>>
  /** Fields that it refuses. */
  readonly refused: readonly string[]
}

/** What nothing else is known of: the caller's fields go as they are. */
const usual: Host = {
  maxTokensField: null,
  reasoning: 'reasoning',
  hasStreamOptions: true,
  takesCacheMarks: true,
  renamed: {},
  refused: [],
}

const effort = { reasoning: 'reasoning_effort', takesCacheMarks: false } as const

/** By provider id, from their documentation and from answers that refused a field; docs/wires.md lists them. */
const hosts: Readonly<Record<string, Partial<Host>>> = {
  openai: { ...effort, maxTokensField: 'max_completion_tokens' },
  azure: { ...effort, maxTokensField: 'max_completion_tokens' },
  groq: { ...effort, maxTokensField: 'max_completion_tokens' },
  cerebras: { ...effort, maxTokensField: 'max_completion_tokens' },
  xai: effort,
  fireworks: effort,
  together: effort,
  deepinfra: effort,
  ollama: { ...effort, maxTokensField: 'max_tokens' },
  vllm: effort,
  mistral: {
    ...effort,
    maxTokensField: 'max_tokens',
    hasStreamOptions: false,
    renamed: { seed: 'random_seed' },
    refused: ['logit_bias', 'logprobs', 'top_logprobs', 'user', 'store', 'service_tier'],
  },
  deepseek: { reasoning: 'thinking', takesCacheMarks: false, maxTokensField: 'max_tokens' },
  moonshotai: { reasoning: 'thinking', takesCacheMarks: false, maxTokensField: 'max_tokens' },
  alibaba: { reasoning: 'enable_thinking', maxTokensField: 'max_tokens' },
}

/** What a host does; as usual where nothing else is known, such as at OpenRouter or Novita. Pure. */
export function hostOf(provider = ''): Host {
  return Object.hasOwn(hosts, provider) ? { ...usual, ...hosts[provider] } : usual
}
