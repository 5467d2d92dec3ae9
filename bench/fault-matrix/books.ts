import { parseUsd, picoPerUsd } from '../../src/core/index.ts'
import { reconcile } from '../../src/sim/index.ts'
import type { CallerView } from './caller.ts'
import type { CellResult } from './cell.ts'
import type { FaultCase } from './fault-case.ts'
import { fail, type Judgement } from './judge.ts'
import { attemptFactsOf } from '../../test/support/attempt-facts.ts'
import type { WorldBooks } from './world.ts'

/**
 * What in the books does not agree: the router's attempts with the providers' log (requests, tokens, bill), the
 * router's requests with what callers got. Exceptions of the router's own making count as well. Pure.
 */
export function judgeBooks(
  fault: FaultCase,
  views: readonly CallerView[],
  books: WorldBooks,
): readonly Judgement[] {
  const { differences, log, run, unknownCost } = reconcile(books.lines, books.attempts.map(attemptFactsOf))
  const isKnownLie = (kind: string) => fault.liesAboutUsage && ['output_tokens', 'cost'].includes(kind)
  const missing = log.cost - run.cost - unknownCost.billed
  const rows = new Map(books.requests.map(row => [row.request_id, row]))
  const unlike = views.filter(
    view => (rows.get(view.requestId)?.outcome === 'ok') !== (view.kind === 'served'),
  )
  return [
    ...differences
      .filter(({ kind }) => !isKnownLie(kind))
      .map(one => fail(`books differ: ${one.kind}, provider ${one.log || '–'}, router ${one.run || '–'}`)),
    ...(missing === 0n || fault.liesAboutUsage ? [] : [fail(`books differ by ${missing} pico-USD`)]),
    ...unlike.map(({ requestId, kind }) =>
      fail(`caller ${kind}, record ${rows.get(requestId)?.outcome ?? 'missing'}`),
    ),
    ...books.defects.map(defect => fail(`defect: ${String(defect)}`)),
  ]
}

/** What providers billed, apart for attempts that answered a caller and for others. Pure. */
export function billedIn(books: WorldBooks): CellResult['billedUsd'] {
  const winners = new Set(books.attempts.filter(row => row.winner).map(row => row.span_id))
  const sum = (isWinner: boolean) =>
    books.lines
      .filter(({ span_id: spanId }) => winners.has(spanId) === isWinner)
      .reduce((total, line) => total + Number(parseUsd(line.billed_usd) ?? 0n), 0) / Number(picoPerUsd)
  return { answered: sum(true), lost: sum(false) }
}
