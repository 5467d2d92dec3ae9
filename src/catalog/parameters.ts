/**
 * Request parameters that an endpoint may or may not take: the vocabulary of OpenRouter's
 * `supported_parameters`.
 */
export const knownParameters = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'top_a',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'max_tokens',
  'max_completion_tokens',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'prediction',
  'seed',
  'response_format',
  'structured_outputs',
  'stop',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'include_reasoning',
  'reasoning',
  'reasoning_effort',
  'web_search_options',
  'verbosity',
] as const

type Parameter = (typeof knownParameters)[number]

/** Short names for parameters that come together; catalogue files may use them in `supports`. */
const groups = {
  sampling: ['temperature', 'top_p', 'stop'],
  tools: ['tools', 'tool_choice'],
  structured: ['response_format', 'structured_outputs'],
  reasoning: ['reasoning', 'include_reasoning'],
} as const satisfies Record<string, readonly Parameter[]>

/** Every word that `supports` may hold. */
export const supportWords = [...new Set([...Object.keys(groups), ...knownParameters])]

/** The parameters that a `supports` list stands for. `max_tokens` is always among them. Pure. */
export function parametersOf(words: readonly string[]): ReadonlySet<string> {
  const byName: Readonly<Record<string, readonly string[]>> = groups
  return new Set(['max_tokens', ...words.flatMap(word => byName[word] ?? [word])])
}
