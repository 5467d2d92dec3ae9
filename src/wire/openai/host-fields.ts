import type { JsonObject } from '../../core/index.ts'
import type { Departures } from '../departures.ts'
import { asArray, asObject } from '../json.ts'
import { budgetOf, effortOf, readReasoning } from '../reasoning-wish.ts'
import { asksFor } from '../request-fields.ts'
import type { Host } from './hosts.ts'

/** Longest answer that a budget is a share of when nobody said one. */
const usualMaxTokens = 8192

/** The caller's fields as one host takes them. Pure but for the departures it notes. */
export function hostFields(fields: JsonObject, host: Host, departures: Departures): JsonObject {
  for (const name of host.refused) {
    if (asksFor(name, fields[name])) departures.leaveOut(name)
  }
  const kept = Object.entries(fields).filter(([name]) => !host.refused.includes(name))
  const named = Object.fromEntries(kept.map(([name, value]) => [nameAt(host, name), value]))
  const thinking = withReasoning(named, host, departures)
  return host.takesCacheMarks ? thinking : withoutMarks(thinking, departures)
}

/** A field by the host's name. Of two names for one thing the caller's own order counts: the last one stays. */
function nameAt({ maxTokensField, renamed }: Host, name: string): string {
  const isLength = name === 'max_tokens' || name === 'max_completion_tokens'
  if (isLength && maxTokensField !== null) return maxTokensField
  return Object.hasOwn(renamed, name) ? (renamed[name] ?? name) : name
}

function withReasoning(fields: JsonObject, host: Host, departures: Departures): JsonObject {
  const { reasoning: own, include_reasoning: shown, ...rest } = fields as { readonly [name: string]: unknown }
  if (host.reasoning === 'reasoning' || (own === undefined && shown === undefined)) return fields
  const { amount, isHidden } = readReasoning(fields)
  if (isHidden) departures.leaveOut('reasoning.exclude')
  const { reasoning_effort: _effort, ...others } = rest
  const most = Number(fields['max_completion_tokens'] ?? fields['max_tokens'] ?? usualMaxTokens)
  switch (host.reasoning) {
    case 'reasoning_effort':
      return { ...others, ...effortField(amount, most, departures) }
    case 'thinking':
      return { ...others, ...thinkingField(amount, departures) }
    case 'enable_thinking':
      return { ...others, ...budgetFields(amount, most, departures) }
  }
}

type Amount = ReturnType<typeof readReasoning>['amount']

function effortField(amount: Amount, maxTokens: number, departures: Departures): JsonObject {
  switch (amount.kind) {
    case 'unstated':
      return {}
    case 'off':
      return { reasoning_effort: 'none' }
    case 'effort':
      return { reasoning_effort: amount.effort }
    case 'budget': {
      const effort = effortOf(amount.tokens, maxTokens)
      departures.change(`reasoning of ${amount.tokens} tokens as effort ${effort}`)
      return { reasoning_effort: effort }
    }
  }
}

/** On or off is all that can be said. */
function thinkingField(amount: Amount, departures: Departures): JsonObject {
  if (amount.kind === 'unstated') return {}
  if (amount.kind === 'effort') departures.leaveOut('reasoning.effort')
  if (amount.kind === 'budget') departures.leaveOut('reasoning.max_tokens')
  return { thinking: { type: amount.kind === 'off' ? 'disabled' : 'enabled' } }
}

function budgetFields(amount: Amount, maxTokens: number, departures: Departures): JsonObject {
  if (amount.kind === 'unstated') return {}
  if (amount.kind === 'off') return { enable_thinking: false }
  if (amount.kind === 'budget') return { enable_thinking: true, thinking_budget: amount.tokens }
  const budget = budgetOf(amount.effort, maxTokens)
  departures.change(`reasoning effort ${amount.effort} as ${budget} tokens`)
  return { enable_thinking: true, thinking_budget: budget }
}

/** Marks stand at the top, at messages, at their parts and at tools; elsewhere the name is somebody else's. */
function withoutMarks(fields: JsonObject, departures: Departures): JsonObject {
  const unmarked = (value: unknown): unknown => {
    const object = asObject(value)
    if (!object || object['cache_control'] === undefined) return value
    departures.leaveOut('cache_control')
    const { cache_control: _mark, ...rest } = object
    return rest
  }
  const message = (value: unknown): unknown => {
    const object = asObject(unmarked(value))
    const isInParts = object !== null && Array.isArray(object['content'])
    return isInParts ? { ...object, content: asArray(object['content']).map(unmarked) } : (object ?? value)
  }
  return {
    ...asObject(unmarked(fields)),
    ...(Array.isArray(fields['messages']) && { messages: fields['messages'].map(message) }),
    ...(Array.isArray(fields['tools']) && { tools: fields['tools'].map(unmarked) }),
  }
}
