import type { PlannedRequest } from '../scenario/index.ts'

/** Requests that play one after another: the turns of a session, or a single request. Never empty. */
export interface Lane {
  readonly first: PlannedRequest
  readonly later: readonly PlannedRequest[]
}

/** Splits a plan into lanes, in plan order of their first request. Pure. */
export function lanesOf(requests: readonly PlannedRequest[]): readonly Lane[] {
  const lanes = new Map<string, { readonly first: PlannedRequest; readonly later: PlannedRequest[] }>()
  for (const request of requests) {
    const key = request.session ? `session ${request.arm} ${request.session.id}` : `single ${request.index}`
    const lane = lanes.get(key)
    if (lane) lane.later.push(request)
    else lanes.set(key, { first: request, later: [] })
  }
  return [...lanes.values()]
}
