import type { AnswerWish } from './model/answer-text.ts'
import { scriptOf } from './model/filler-text.ts'
import { knownAnswer } from './model/known-answer.ts'
import { chosenTools, type DeclaredTool, type ToolChoice } from './model/tool-answer.ts'

type Schema = Readonly<Record<string, unknown>>

/** A line of the last user message that says what to answer. */
const exactOrder = 'Reply with exactly: '
/** A line of the last user message that makes the model refuse. */
const refusalOrder = 'Refuse this request.'

/** How many characters of a question, from its end, tell its writing; questions may be very long. */
const scriptSample = 400
/** And how many are looked at for a question whose answer can be known. */
const knownSample = 4000

/** What a request asks for, in any protocol. */
export interface Question {
  /** Text of the last user message. */
  readonly text: string
  readonly tools: readonly DeclaredTool[]
  readonly toolChoice: ToolChoice
  readonly isParallel: boolean
  /** Whether the last message is a tool's result. */
  readonly isFollowUp: boolean
  /** What the answer has said already: the text of a last message of the assistant's. Left out: nothing. */
  readonly prefill?: string
  /** A JSON answer; `schema` null: any object. null: text. */
  readonly json: { readonly schema: Schema | null; readonly isStrict?: boolean } | null
  /** Length of a free answer; null: the model's to choose. */
  readonly outputTokens: number | null
}

/**
 * What a question leads to. Pure.
 *
 * In this order: calls of tools that are required or named; the text after a line `Reply with exactly: …`;
 * a refusal for a line `Refuse this request.`; calls of tools that the question asks for; JSON; the answer to a
 * question that has a known one; filler in the question's writing. An answer that has begun (assistant prefill) is gone
 * on with, where its text is known from the order.
 */
export function wishFor(question: Question): AnswerWish {
  const { text, toolChoice, isParallel, isFollowUp, json, outputTokens } = question
  const tools = chosenTools({
    tools: question.tools,
    choice: toolChoice,
    isParallel,
    question: text,
    isFollowUp,
  })
  if (tools.length > 0 && toolChoice.kind !== 'auto') return { kind: 'tools', tools }
  const exact = orderedText(text)
  if (exact !== null) return { kind: 'exact', text: restOf(exact, question.prefill ?? '') }
  if (`\n${text}\n`.includes(`\n${refusalOrder}\n`)) return { kind: 'refusal' }
  if (tools.length > 0) return { kind: 'tools', tools }
  if (json) return { kind: 'json', ...json }
  const known = knownAnswer(text.slice(-knownSample))
  if (known) return { kind: 'exact', ...known }
  return { kind: 'filler', tokens: outputTokens, script: scriptOf(text.slice(-scriptSample)) }
}

function restOf(text: string, begun: string): string {
  return text.startsWith(begun) ? text.slice(begun.length) : text
}

function orderedText(question: string): string | null {
  const text = `\n${question}`
  const at = text.lastIndexOf(`\n${exactOrder}`)
  if (at < 0) return null
  const start = at + 1 + exactOrder.length
  const end = text.indexOf('\n', start)
  return text.slice(start, end < 0 ? undefined : end).trimEnd()
}
