/** Finish reasons after normalisation; '' while an answer is not finished. */
export type FinishReason = '' | 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error'

const normalised: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  error: 'error',
  function_call: 'tool_calls',
  tool_use: 'tool_calls',
  end_turn: 'stop',
  stop_sequence: 'stop',
  eos: 'stop',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
  content_filtered: 'content_filter',
  pause_turn: 'stop',
  COMPLETE: 'stop',
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  JAILBREAK: 'content_filter',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MALFORMED_RESPONSE: 'error',
}

/** Maps a provider's finish reason to ours; an unknown one counts as `stop` and is kept raw beside it. Pure. */
export function normaliseFinishReason(native: string): FinishReason {
  if (native === '') return ''
  // Not `normalised[native]` alone: `constructor` and `__proto__` are on every object.
  return (Object.hasOwn(normalised, native) ? normalised[native] : undefined) ?? 'stop'
}
