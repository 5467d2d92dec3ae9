import type { AnswerBlock } from './answer.ts'
import { jsonFor } from './json-answer.ts'
import type { TextMeans } from './answer-text.ts'

/** A tool that the caller declared. */
export interface DeclaredTool {
  readonly name: string
  /** JSON Schema of its arguments; null: it takes none. */
  readonly parameters: Readonly<Record<string, unknown>> | null
}

/** How the caller wants tools to be used. */
export type ToolChoice =
  | { readonly kind: 'none' | 'auto' | 'required' }
  | { readonly kind: 'named'; readonly name: string }

/** What decides which tools an answer calls. */
export interface ToolQuestion {
  readonly tools: readonly DeclaredTool[]
  readonly choice: ToolChoice
  /** Whether one answer may hold several calls. */
  readonly isParallel: boolean
  /** Text of the last user message. */
  readonly question: string
  /** Whether the last message is a tool's result. */
  readonly isFollowUp: boolean
}

/**
 * The tools that a model calls, in the order of their declaration. Pure.
 *
 * A named tool is called. Otherwise those whose name, or a word of four letters or more in it, stands in the
 * question; under `required`, where none does, the first. Under `auto` a result is answered by text, not by calls.
 */
export function chosenTools({
  tools,
  choice,
  isParallel,
  question,
  isFollowUp,
}: ToolQuestion): readonly DeclaredTool[] {
  if (choice.kind === 'none') return []
  if (choice.kind === 'named') return tools.filter(({ name }) => name === choice.name)
  if (choice.kind === 'auto' && isFollowUp) return []
  const words = question.toLowerCase()
  const asked = tools.filter(({ name }) => wordsOf(name).some(word => words.includes(word)))
  const called = asked.length === 0 && choice.kind === 'required' ? tools.slice(0, 1) : asked
  return isParallel ? called : called.slice(0, 1)
}

/** One call of each tool, with arguments that fit its schema, as far as some are found that do. */
export function toolCalls(
  tools: readonly DeclaredTool[],
  { rng, tokenizer, checkerOf }: TextMeans,
): readonly AnswerBlock[] {
  return tools.map(({ name, parameters }, at) => {
    const means = { rng: rng.fork(`tool/${at}`), checkerOf }
    const text = JSON.stringify(parameters === null ? {} : jsonFor(parameters, means).value)
    return { kind: 'tool_call', name, text, tokens: tokenizer.count(name) + tokenizer.count(text) }
  })
}

/** The name and its longer words, in lower case: `getWeather` and `get_weather` give `weather`. */
function wordsOf(name: string): readonly string[] {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  return [name.toLowerCase(), ...words.filter(word => word.length > 3)]
}
