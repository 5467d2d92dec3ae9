import type { Rng } from '../core/index.ts'
import { builtinSets } from './builtin/sets.ts'
import type { PlannedMessage } from './plan.ts'
import { parsePrompts } from './parse-prompts.ts'
import type { Prompt } from './prompt.ts'
import { type PromptUnit, unitsFor } from './prompt-units.ts'
import type { Scenario, Workload } from './scenario-types.ts'
import { shuffled } from './shuffled.ts'
import { traceInvalid, workloadMismatch } from './workload-errors.ts'
import type { WorkUnit } from './work-unit.ts'

/** Tokens of the text that keeps the prompts of arms apart. */
const namespaceTokens = 4

/** The units of a built-in set, in an order drawn anew for each round. Pure. */
export function builtinWork(workload: Extract<Workload, { kind: 'builtin' }>, rng: Rng): readonly WorkUnit[] {
  return unitsFor(builtinSets[workload.set], {
    requests: workload.requests,
    order: (units, round) => shuffled(units, rng.fork(`round ${round}`)),
  }).map(unit => workUnitOf(unit))
}

/**
 * The units of a prompt file: in the file's order, or by time when its timestamps are to be played. Pure.
 *
 * @throws UserError E_TRACE_INVALID with all problems of the file.
 */
export function promptWork(
  scenario: Scenario,
  source: { readonly file: string; readonly text: string; readonly requests: number | null },
): readonly WorkUnit[] {
  const { file } = source
  const parsed = parsePrompts(source)
  if (!parsed.ok) throw traceInvalid(file, parsed.problems)
  const { prompts } = parsed
  const requests = source.requests ?? prompts.length
  const units = unitsFor(prompts, { requests })
  if (scenario.arrivals.kind !== 'recorded') return units.map(unit => workUnitOf(unit))
  if (requests > prompts.length) {
    throw workloadMismatch(
      `${file} has ${prompts.length} prompts, and recorded arrivals cannot play it twice`,
      `Set workload.requests to at most ${prompts.length}.`,
    )
  }
  return timed(units, file)
}

function timed(units: readonly PromptUnit[], file: string): readonly WorkUnit[] {
  const problems = units.flatMap(({ prompts: [first] }) =>
    first && first.timestampMs === null
      ? [
          {
            file,
            line: first.line,
            column: 1,
            rule: 'missing-timestamp',
            message: 'recorded arrivals need timestamp_ms here',
          },
        ]
      : [],
  )
  if (problems.length > 0) throw traceInvalid(file, problems)
  const earliestMs = units.reduce((least, unit) => Math.min(least, startOf(unit)), Number.POSITIVE_INFINITY)
  return units
    .toSorted((a, b) => startOf(a) - startOf(b))
    .map(unit => workUnitOf(unit, startOf(unit) - earliestMs))
}

function startOf(unit: PromptUnit): number {
  return unit.prompts[0]?.timestampMs ?? 0
}

function workUnitOf({ session, prompts, suffix }: PromptUnit, startMs: number | null = null): WorkUnit {
  return {
    session: session === null ? null : `${session}${suffix}`,
    startMs,
    turns: prompts.map((prompt, turn) => ({
      itemId: `${prompt.id}${suffix}`,
      thinkMs: turn === 0 ? 0 : prompt.thinkMs,
      parameters: {
        ...prompt.parameters,
        ...(prompt.maxTokens === null ? {} : { max_tokens: prompt.maxTokens }),
      },
      outputTokens: null,
      checks: prompt.checks,
      tags: prompt.tags,
    })),
    messagesIn: namespace => prompts.map(prompt => promptMessages(prompt, namespace)),
  }
}

function promptMessages(prompt: Prompt, namespace: string | null): readonly PlannedMessage[] {
  return prompt.messages.map(({ role, content }, index) => ({
    role,
    parts:
      index === 0 && namespace !== null
        ? [
            { kind: 'filler', key: namespace, tokens: namespaceTokens },
            { kind: 'text', text: `\n${content}` },
          ]
        : [{ kind: 'text', text: content }],
  }))
}
