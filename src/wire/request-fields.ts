import type { JsonObject } from '../core/index.ts'
import type { Departures } from './departures.ts'

/** Instructions to a router that the router has acted on; they mean nothing to a provider. */
const consumedFields = new Set(['provider', 'models', 'route', 'session_id', 'usage', 'metadata'])

/** Instructions to a router that nobody here acts on: leaving them out changes what the caller asked for. */
const unsupportedFields = new Set(['plugins', 'transforms', 'trace', 'debug'])

/** The caller's fields without those for a router, of which `unsupported` names what nobody acts on. Pure. */
export function withoutRouterFields(fields: JsonObject): {
  readonly kept: JsonObject
  readonly unsupported: readonly string[]
} {
  const entries = Object.entries(fields)
  const kept = entries.filter(([name]) => !consumedFields.has(name) && !unsupportedFields.has(name))
  const unsupported = entries.map(([name]) => name).filter(name => unsupportedFields.has(name))
  return { kept: Object.fromEntries(kept), unsupported }
}

/** Fields of chat completions that ask for nothing with these values, since everyone does so anyway. */
const defaults: Readonly<Record<string, readonly unknown[]>> = {
  n: [1],
  logprobs: [false],
  frequency_penalty: [0],
  presence_penalty: [0],
  repetition_penalty: [1],
  min_p: [0],
  top_a: [0],
  store: [false],
  parallel_tool_calls: [true],
  service_tier: ['auto', 'default'],
}

/** Whether a field asks for something: null, empty things and values that everyone uses anyway do not. Pure. */
export function asksFor(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return false
  if (typeof value === 'object' && Object.keys(value).length === 0) return false
  return !(Object.hasOwn(defaults, name) && defaults[name]?.includes(value))
}

/** Fields of chat completions, OpenAI's and OpenRouter's, that no other protocol has by these names. */
const chatOnly: ReadonlySet<string> = wordSet(`
  n seed logprobs top_logprobs logit_bias frequency_penalty presence_penalty repetition_penalty min_p top_a prediction
  modalities audio store web_search_options functions function_call structured_outputs safety_identifier
  prompt_cache_retention max_tokens max_completion_tokens stream_options response_format parallel_tool_calls verbosity
  reasoning reasoning_effort include_reasoning service_tier user prompt_cache_key`)

/**
 * The fields that another protocol takes as they are: all but those it has translated, and those that only chat
 * completions know, which are named when they ask for something.
 */
export function otherFields(
  fields: JsonObject,
  translated: ReadonlySet<string>,
  departures: Departures,
): JsonObject {
  const others = Object.entries(fields).filter(([name]) => !translated.has(name))
  for (const [name, value] of others) {
    if (chatOnly.has(name) && asksFor(name, value)) departures.leaveOut(name)
  }
  return Object.fromEntries(others.filter(([name]) => !chatOnly.has(name)))
}

/** The words of a text. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
