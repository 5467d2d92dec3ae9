import type { JsonObject } from '../../core/index.ts'
import { asArray, asObject } from '../../wire/index.ts'
import { estimateTokens } from '../estimate-tokens.ts'
import type { PipelineStage } from './pipeline-stage.ts'

/** What a conversation has to fit into. */
export interface ContextBudget {
  /** Context of the roomiest candidate endpoint less the tokens the answer may have. */
  readonly inputTokens: number
}

/**
 * Leaves out messages from the middle of a conversation until its estimated length fits ("middle-out"): models attend
 * to beginning and end. System messages, the first and the last message stay, and answers of tools go together with the
 * calls they belong to. Pure.
 *
 * @returns the body and what was done; `stage` null: it fits already, or nothing could be left out.
 */
export function compressContext(
  body: JsonObject,
  { inputTokens }: ContextBudget,
): { readonly body: JsonObject; readonly stage: PipelineStage | null } {
  const messages = asArray(body['messages']).map(message => asObject(message) ?? {})
  const tools = asArray(body['tools'])
  const total = estimateTokens(messages, tools)
  if (total <= inputTokens) return { body, stage: null }
  const left = leaveOut(blocksOf(messages), total - inputTokens)
  const kept = left.filter(block => !block.isOut).flatMap(block => block.messages)
  if (kept.length === messages.length) return { body, stage: null }
  const after = estimateTokens(kept, tools)
  return {
    body: { ...body, messages: kept },
    stage: {
      type: 'context_compression',
      name: 'context-compression',
      summary: `left out ${messages.length - kept.length} of ${messages.length} messages, about ${total - after} tokens`,
      data: {
        engine: 'middle-out',
        messages_left_out: messages.length - kept.length,
        tokens_before: total,
        tokens_after: after,
      },
    },
  }
}

interface Block {
  readonly messages: readonly JsonObject[]
  readonly tokens: number
  readonly mayGo: boolean
  readonly isOut: boolean
}

/** Messages that stay or go together: a tool's answers with the call before them. */
function blocksOf(messages: readonly JsonObject[]): readonly Block[] {
  const groups: JsonObject[][] = []
  for (const message of messages) {
    const group = groups.at(-1)
    if (message['role'] === 'tool' && group) group.push(message)
    else groups.push([message])
  }
  const first = groups.findIndex(group => !isSystem(group[0]))
  return groups.map((group, index) => ({
    messages: group,
    tokens: estimateTokens(group, []),
    mayGo: !isSystem(group[0]) && index !== first && index !== groups.length - 1,
    isOut: false,
  }))
}

function isSystem(message: JsonObject | undefined): boolean {
  return message?.['role'] === 'system' || message?.['role'] === 'developer'
}

/** Marks blocks from the middle outwards until `excess` tokens are gone. */
function leaveOut(blocks: readonly Block[], excess: number): readonly Block[] {
  const middle = (blocks.length - 1) / 2
  const order = blocks
    .map((block, index) => ({ block, index }))
    .filter(({ block }) => block.mayGo)
    .toSorted((a, b) => Math.abs(a.index - middle) - Math.abs(b.index - middle) || a.index - b.index)
  const out = new Set<number>()
  let left = excess
  for (const { block, index } of order) {
    if (left <= 0) break
    out.add(index)
    left -= block.tokens
  }
  return blocks.map((block, index) => ({ ...block, isOut: out.has(index) }))
}
