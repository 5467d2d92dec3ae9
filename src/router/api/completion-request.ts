import type { JsonObject } from '../../core/index.ts'

/** A legacy completion as a chat request, or what is wrong with it, with the name of the field. */
export type CompletionRequestResult =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly problem: string }

/** What OpenAI's legacy API has and chat completions have not, with the values that ask for nothing. */
const unsupported: Readonly<Record<string, readonly unknown[]>> = {
  echo: [false],
  suffix: [''],
  best_of: [1],
  logprobs: [],
  messages: [],
}

/**
 * Turns the body of `POST /completions` into that of a chat request: the prompt becomes one message of the user, and
 * every other field stays. Fields that chat completions cannot express are refused where they ask for something. Pure.
 */
export function chatOfCompletion(body: JsonObject): CompletionRequestResult {
  const asked = Object.keys(unsupported).filter(name => asksFor(name, body[name]))
  if (asked.length > 0)
    return { ok: false, problem: `${asked.join(', ')}: not supported by /completions here` }
  const { prompt, ...rest } = body
  const [text, ...others]: readonly unknown[] = Array.isArray(prompt) ? prompt : [prompt]
  if (others.length > 0) return { ok: false, problem: 'prompt: more than one prompt is not supported' }
  if (typeof text !== 'string') return { ok: false, problem: 'prompt: must be one string' }
  const fields = Object.entries(rest).filter(([name]) => !Object.hasOwn(unsupported, name))
  return { ok: true, body: { ...Object.fromEntries(fields), messages: [{ role: 'user', content: text }] } }
}

function asksFor(name: string, value: unknown): boolean {
  return value !== undefined && value !== null && unsupported[name]?.includes(value) !== true
}
