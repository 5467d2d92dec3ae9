import { formatUsd, type PicoUsd } from '../core/index.ts'
import type { AttributeValue } from './span-value.ts'

/** An attribute before it is known whether there is anything to say. */
export type Optional = AttributeValue | null

/** Keeps what says something: absent values, empty texts and empty lists are left out. Pure. */
export function attributesOf(
  pairs: Readonly<Record<string, Optional>>,
): Readonly<Record<string, AttributeValue>> {
  const kept: Record<string, AttributeValue> = {}
  for (const [name, value] of Object.entries(pairs)) {
    if (value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)) kept[name] = value
  }
  return kept
}

/** Microseconds as milliseconds; null stays null. */
export function msOf(us: number | null): number | null {
  return us === null ? null : us / 1000
}

/** Microseconds as seconds; null stays null. */
export function secondsOf(us: number | null): number | null {
  return us === null ? null : us / 1_000_000
}

/** Money as an exact decimal string; unknown stays null. */
export function usdOf(amount: PicoUsd | null): string | null {
  return amount === null ? null : formatUsd(amount)
}

/** Only what differs from the usual value is worth an attribute. */
export function unless<Value extends AttributeValue>(value: Value, usual: Value): Value | null {
  return value === usual ? null : value
}

/**
 * One finish reason per choice; a choice whose generation failed or was cut has `error`
 * (GenAI conventions, `gen_ai.response.finish_reasons`).
 */
export function finishReasonsOf(outcome: string, finishReason: string): readonly string[] {
  if (outcome === 'truncated') return ['error']
  return finishReason === '' ? [] : [finishReason]
}
