import type { Rng } from '../core/index.ts'
import { parseSessions } from './parse-sessions.ts'
import type { Workload } from './scenario-types.ts'
import type { Session } from './session.ts'
import { sessionMessages } from './session-messages.ts'
import { shuffled } from './shuffled.ts'
import { traceInvalid, workloadMismatch } from './workload-errors.ts'
import type { WorkUnit } from './work-unit.ts'

type SessionsWorkload = Extract<Workload, { kind: 'sessions' }>

/**
 * The units of a file of recorded sessions: as many as the workload asks for, drawn by `rng`. Pure.
 *
 * @param options.seed Goes into the filler's keys: another seed sends other text.
 * @throws UserError E_TRACE_INVALID with all problems of the file; E_SCENARIO_INVALID when it has too few sessions.
 */
export function sessionWork(
  workload: SessionsWorkload,
  options: { readonly text: string; readonly seed: string; readonly rng: Rng },
): readonly WorkUnit[] {
  const { file } = workload
  const parsed = parseSessions({ file, text: options.text })
  if (!parsed.ok) throw traceInvalid(file, parsed.problems)
  const fitting = parsed.sessions
    .map(({ id, preambleTokens, requests }) => ({
      id,
      preambleTokens,
      requests: playedTurns(requests, workload),
    }))
    .filter(session => session.requests.length > 0)
  if (fitting.length < workload.sessions) {
    throw workloadMismatch(
      `the scenario asks for ${workload.sessions} sessions, and ${file} has ${fitting.length} that fit`,
      'Ask for fewer sessions, or raise workload.max_input_tokens.',
    )
  }
  return shuffled(fitting, options.rng)
    .slice(0, workload.sessions)
    .map(session => workUnitOf(session, { workload, seed: options.seed }))
}

function playedTurns(
  requests: Session['requests'],
  { maxTurns, maxInputTokens }: SessionsWorkload,
): Session['requests'] {
  const tooLong =
    maxInputTokens === null ? -1 : requests.findIndex(({ inputTokens }) => inputTokens > maxInputTokens)
  const fitting = tooLong < 0 ? requests : requests.slice(0, tooLong)
  return maxTurns === null ? fitting : fitting.slice(0, maxTurns)
}

function workUnitOf(
  session: Session,
  { workload, seed }: { readonly workload: SessionsWorkload; readonly seed: string },
): WorkUnit {
  const longestOutput = workload.maxOutputTokens ?? Number.POSITIVE_INFINITY
  return {
    session: session.id,
    startMs: null,
    turns: session.requests.map((request, turn) => {
      // A recorded answer may be empty, but no API takes a limit of 0.
      const outputTokens = Math.max(1, Math.min(request.outputTokens, longestOutput))
      return {
        itemId: `${session.id}/${turn}`,
        thinkMs: thinkMsOf(request.thinkSeconds, workload),
        parameters: { max_tokens: outputTokens },
        outputTokens,
        checks: [],
        tags: request.subagent ? { subagent: 'true' } : {},
      }
    }),
    messagesIn: namespace => sessionMessages(session, `${namespace ?? seed}/${session.id}`),
  }
}

function thinkMsOf(recordedSeconds: number, { speed, maxThinkSeconds }: SessionsWorkload): number {
  return Math.round(Math.min(recordedSeconds / speed, maxThinkSeconds ?? Number.POSITIVE_INFINITY) * 1000)
}
