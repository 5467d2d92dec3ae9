import type { SessionLine } from './session-line.ts'

/** Sessions that agree in the sizes of this many first requests are one session, recorded more than once. */
const openingRequests = 5

/**
 * Keeps one of the sessions that begin alike: traces of a conversation that was resumed or branched contain each
 * other. Alike means the same input and output tokens in the first five requests (in all, of a session with fewer);
 * the one with the most requests stays, the first of equals. Keeps the order. Pure.
 */
export function collapseSessions(sessions: readonly SessionLine[]): readonly SessionLine[] {
  const longest = new Map<string, SessionLine>()
  for (const session of sessions) {
    const opening = JSON.stringify(
      session.requests.slice(0, openingRequests).map(request => [request.in, request.out]),
    )
    const twin = longest.get(opening)
    if (twin === undefined || session.requests.length > twin.requests.length) longest.set(opening, session)
  }
  const kept = new Set(longest.values())
  return sessions.filter(session => kept.has(session))
}
