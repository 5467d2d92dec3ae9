import type { AnswerChunk, FinishReason } from '../model/answer.ts'
import type { AnswerToWrite, AnswerWriter } from '../protocol.ts'
import { finishReasons, finishWord, headText, promptFilters } from './answer-body.ts'
import { type CallDeltas, createCallDeltas } from './call-deltas.ts'
import { type Dialect, dialectOf } from './dialects.ts'
import { failureBody } from './error-body.ts'
import { besideUsage, usageBody } from './usage-body.ts'

/** Makes a writer. Everything but the text of a chunk is written once, as an answer has hundreds of them. */
export function createChunkWriter(answer: AnswerToWrite): AnswerWriter {
  const { head, plan, shape } = answer
  const dialect = dialectOf(head.provider)
  const start = `data: ${headText(head, 'chat.completion.chunk', dialect)},"choices":`
  const end = shape.includeUsage && !dialect.isUsageOnFinish ? ',"usage":null}\n\n' : '}\n\n'
  const notYet = dialect.hasNullFinish ? ',"logprobs":null,"finish_reason":null' : ''
  const choices = finishReasons(plan)
  const starts = choices.map((_, index) => `${start}[{"index":${index},"delta":`)
  const delta = (choice: number, text: string) => `${starts[choice] ?? ''}${text}${notYet}}]${end}`
  const calls: readonly CallDeltas[] = choices.map((_, index) => createCallDeltas(answer, index, dialect))

  function piece(chunk: AnswerChunk): string {
    const { kind, choice = 0 } = plan.blocks[chunk.block] ?? { kind: 'text' }
    const text = JSON.stringify(chunk.text)
    switch (kind) {
      case 'reasoning':
        return dialect.reasoningField === null ? '' : delta(choice, `{"${dialect.reasoningField}":${text}}`)
      case 'tool_call':
        return (calls[choice]?.of(chunk) ?? []).map(part => delta(choice, part)).join('')
      case 'refusal':
        return delta(choice, `{"refusal":${text}}`)
      case 'text':
        return delta(choice, `{"content":${text}}`)
    }
  }
  return Object.freeze({
    open: () =>
      opening(answer, dialect) +
      choices.map((_, index) => delta(index, '{"role":"assistant","content":"","refusal":null}')).join(''),
    piece,
    close: () => closing(answer, { dialect, start, end, choices, calls }),
    failure: () => `data: ${JSON.stringify(failureBody)}\n\n`,
  })
}

/** What stands before the first chunk of the answer. */
function opening({ head: { created } }: AnswerToWrite, { isFilterFirst }: Dialect): string {
  if (!isFilterFirst) return ''
  return `data: {"id":"","object":"","created":${created},"model":"","choices":[],"prompt_filter_results":${promptFilters}}\n\n`
}

interface Ending {
  readonly dialect: Dialect
  readonly start: string
  readonly end: string
  readonly choices: readonly FinishReason[]
  readonly calls: readonly CallDeltas[]
}

/** The finish chunk of each choice, usage with the last of them or in a chunk of its own, and the mark of the end. */
function closing({ head, plan, shape }: AnswerToWrite, ending: Ending): string {
  const { dialect, start, end, choices, calls } = ending
  const { statedUsage } = plan
  const usage = statedUsage && `,"usage":${usageBody(statedUsage, plan, dialect)}`
  const beside = besideUsage(head, plan, dialect)
  const own =
    usage && shape.includeUsage && !dialect.isUsageOnFinish ? `${start}[]${usage}${beside}}\n\n` : ''
  const finishes = choices.map((reason, index) => {
    const isLast = index === choices.length - 1
    const tail = isLast && dialect.isUsageOnFinish ? `${usage ?? ''}${beside}}\n\n` : end
    const last = calls[index]?.last() ?? '{}'
    return `${start}[{"index":${index},"delta":${last},"logprobs":null,"finish_reason":"${finishWord(reason)}"}]${tail}`
  })
  return `${finishes.join('')}${own}data: [DONE]\n\n`
}
