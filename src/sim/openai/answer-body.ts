import type { AnswerBlock, FinishReason } from '../model/answer.ts'
import type { AnswerHead, AnsweringPlan, AnswerToWrite } from '../protocol.ts'
import { type Dialect, dialectOf } from './dialects.ts'
import { besideUsage, usageBody } from './usage-body.ts'

const finishWords = {
  stop: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  refusal: 'stop',
} as const satisfies Readonly<Record<FinishReason, string>>

/** OpenAI's word for how an answer ends. A refusal ends with `stop`: its own field says what it is. */
export function finishWord(reason: FinishReason): string {
  return finishWords[reason]
}

/** What names an answer in its body and in all of its chunks: an object of JSON that is still open. */
export function headText({ id, created, model }: AnswerHead, object: string, { hasObject }: Dialect): string {
  const kind = hasObject ? `"object":"${object}",` : ''
  return `{"id":"chatcmpl-${id}",${kind}"created":${created},"model":${JSON.stringify(model)},"system_fingerprint":"fp_sim"`
}

/** The id of a tool call; `index` counts the calls of one choice. */
export function callId({ id }: AnswerHead, index: number, choice = 0): string {
  return `call_${id}${choice === 0 ? '' : `${choice}_`}${index}`
}

/** Why each choice of an answer ends, in order. */
export function finishReasons({
  finishReason,
  otherFinishReasons = [],
}: AnsweringPlan): readonly FinishReason[] {
  return [finishReason, ...otherFinishReasons]
}

/** The body of an answer that is not streamed. */
export function completionBody({ head, plan }: AnswerToWrite): string {
  const dialect = dialectOf(head.provider)
  const choices = finishReasons(plan).map((reason, index) => {
    const blocks = plan.blocks.filter(({ choice = 0 }) => choice === index)
    const message = messageText({ head, index, dialect }, blocks)
    const filters = dialect.isFilterFirst ? ',"content_filter_results":{}' : ''
    return `{"index":${index},"message":${message},"logprobs":null,"finish_reason":"${finishWord(reason)}"${filters}}`
  })
  const filters = dialect.isFilterFirst ? `,"prompt_filter_results":${promptFilters}` : ''
  const usage = plan.statedUsage ? `,"usage":${usageBody(plan.statedUsage, plan, dialect)}` : ''
  const start = headText(head, 'chat.completion', dialect)
  return `${start},"choices":[${choices.join(',')}]${filters}${usage}${besideUsage(head, plan, dialect)}}`
}

/** What the filters found in a prompt: nothing. */
export const promptFilters = '[{"prompt_index":0,"content_filter_results":{}}]'

interface Place {
  readonly head: AnswerHead
  readonly index: number
  readonly dialect: Dialect
}

function messageText({ head, index, dialect }: Place, blocks: readonly AnswerBlock[]): string {
  const textOf = (kind: AnswerBlock['kind']) => blocks.find(block => block.kind === kind)?.text ?? null
  const reasoning = dialect.reasoningField === null ? null : textOf('reasoning')
  const refusal = textOf('refusal')
  const calls = blocks.filter(block => block.kind === 'tool_call')
  const content = textOf('text') ?? (calls.length === 0 && refusal === null ? '' : null)
  const thought = reasoning === null ? '' : `,"${dialect.reasoningField}":${JSON.stringify(reasoning)}`
  const called =
    calls.length === 0
      ? ''
      : `,"tool_calls":${JSON.stringify(calls.map((call, at) => callBody(callId(head, at, index), call)))}`
  return `{"role":"assistant","content":${JSON.stringify(content)},"refusal":${JSON.stringify(refusal)}${thought}${called}}`
}

function callBody(id: string, { name, text }: AnswerBlock & { readonly kind: 'tool_call' }): object {
  return { id, type: 'function', function: { name, arguments: text } }
}
