import type { AttemptRecord } from '../../src/record/index.ts'
import type { CallerView } from './caller.ts'
import type { Cell, Verdict } from './cell.ts'

/** One request of a trial. */
export interface Seen {
  readonly view: CallerView
  /** The router's rows of it. */
  readonly attempts: readonly AttemptRecord[]
}

/** A verdict, with the reason for any but `pass`. */
export interface Judgement {
  readonly verdict: Verdict
  readonly reason: string
}

const pass: Judgement = { verdict: 'pass', reason: '' }

/**
 * Judges what one caller got. Served is always right. Where a healthy endpoint exists, everything else fails, but for
 * a stream that had begun and whose rescue was not asked for: an error that says so is honest, and `partial`. Where
 * none exists, an honest error passes. Pure.
 */
export function judgeView({ view, attempts }: Seen, cell: Cell): Judgement {
  const { fault } = cell
  if (view.kind === 'wrong') return fail(view.detail)
  if (fault.effect === 'callers') return judgeRefusal(view, cell, attempts)
  const misread = wrongDeadline(attempts, cell) ?? missedWait({ view, attempts }, cell)
  if (misread) return fail(misread)
  if (view.kind === 'served') return judgeServed(attempts, cell)
  if (fault.effect === 'harmless') return fail(`not served: ${view.detail}`)
  return view.kind === 'broken_off' ? judgeBroken(view, cell) : judgeRefused(view, cell)
}

/** What does no harm is no reason to try again. */
function judgeServed(attempts: readonly AttemptRecord[], { fault }: Cell): Judgement {
  const isNeedless = fault.effect === 'harmless' && fault.play === 'once' && fault.keys === 1
  return isNeedless && attempts.length > 1 ? fail(`${attempts.length} attempts where one does`) : pass
}

function judgeBroken({ detail }: CallerView, { fault, mode, hasHealthy }: Cell): Judgement {
  if (fault.effect !== 'mid_answer') return fail(`broken off: ${detail}`)
  if (!hasHealthy) return pass
  return mode === 'stream'
    ? { verdict: 'partial', reason: 'broken off, and said so' }
    : fail(`not rescued: ${detail}`)
}

function judgeRefused(view: CallerView, cell: Cell): Judgement {
  return cell.hasHealthy ? fail(`not served: ${view.detail}`) : honest(view, cell)
}

/** A request that is itself at fault is refused at once, and nobody else is troubled with it. */
function judgeRefusal(view: CallerView, cell: Cell, attempts: readonly AttemptRecord[]): Judgement {
  if (attempts.length !== 1) return fail(`${attempts.length} attempts of a request that nobody can serve`)
  return view.kind === 'refused' ? honest(view, cell) : fail(`${view.kind}, not refused`)
}

function honest({ status, detail }: CallerView, { fault }: Cell): Judgement {
  return fault.statuses.includes(status) ? pass : fail(`unexpected error: ${detail}`)
}

function wrongDeadline([first]: readonly AttemptRecord[], { fault, mode }: Cell): string | null {
  if (fault.deadline === null) return null
  const due = mode === 'unary' ? fault.deadline.unary : fault.deadline.stream
  return first?.deadline === due ? null : `deadline ${first?.deadline || 'none'}, not ${due}`
}

/** What a provider asked for is in the record of its refusal, and in the answer to a caller who got nothing else. */
function missedWait({ view, attempts }: Seen, { fault }: Cell): string | null {
  if (!fault.asksWait) return null
  if (attempts.some(row => row.http_status === 429 && row.retry_after_ms === null))
    return 'the wait was not read'
  return view.status === 429 && view.retryAfterSeconds === null ? 'the wait was not told' : null
}

/** An endpoint that asked to be left alone is, while there is another one. */
export function judgeRepeat([first, second]: readonly Seen[], limitedProvider: string): Judgement {
  const wasLimited = first?.attempts.some(row => row.provider === limitedProvider && row.http_status === 429)
  const wasAsked = second?.attempts.some(({ provider }) => provider === limitedProvider)
  return wasLimited && wasAsked ? fail('asked again within the wait that it had asked for') : pass
}

export function fail(reason: string): Judgement {
  return { verdict: 'fail', reason }
}
