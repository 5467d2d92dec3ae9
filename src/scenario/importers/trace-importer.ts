import type { Problem } from '../../core/index.ts'
import { capProblems } from '../../document/index.ts'
import { collapseSessions } from './collapse-sessions.ts'
import { importTrace } from './import-trace.ts'
import type { SessionLine } from './session-line.ts'

/** What came of all trace files together. */
export type ImportedTraces =
  | {
      readonly ok: true
      /** The session file: a JSON object a line, in the order of the traces, with a line break at its end. */
      readonly text: string
      readonly sessions: number
      readonly requests: number
      /** Sessions left out because a longer one begins alike. */
      readonly collapsed: number
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Takes trace files one by one, so that never more than one of them is in memory. */
export interface TraceImporter {
  add(source: { readonly file: string; readonly text: string }): void
  /** The session file, or the problems of all files. */
  finish(): ImportedTraces
}

/**
 * Makes a session file of kv-cache-tester traces: each as `importTrace` reads it, ids unique, sessions that begin
 * alike collapsed to the longest. Its result depends only on the files and their order.
 */
export function createTraceImporter(): TraceImporter {
  const sessions: SessionLine[] = []
  const problems: Problem[] = []
  const fileOfId = new Map<string, string>()
  return Object.freeze({
    add: (source: { readonly file: string; readonly text: string }) => {
      const imported = importTrace(source)
      if (!imported.ok) {
        problems.push(...imported.problems)
        return
      }
      const { id } = imported.session
      const twin = fileOfId.get(id)
      if (twin !== undefined) {
        const message = `${twin} has the same id "${id}"`
        problems.push({ file: source.file, line: 1, column: 1, rule: 'duplicate-id', message })
        return
      }
      fileOfId.set(id, source.file)
      sessions.push(imported.session)
    },
    finish: (): ImportedTraces => {
      if (problems.length > 0) return { ok: false, problems: capProblems(problems) }
      const kept = collapseSessions(sessions)
      return {
        ok: true,
        text: kept.map(session => `${JSON.stringify(session)}\n`).join(''),
        sessions: kept.length,
        requests: kept.reduce((sum, session) => sum + session.requests.length, 0),
        collapsed: sessions.length - kept.length,
      }
    },
  })
}
