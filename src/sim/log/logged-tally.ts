import type { Tally } from '../tally.ts'
import type { RequestLog } from './request-log.ts'

/** The counts of an endpoint, which also tell one exchange's log how many tokens were written. */
export function loggedTally(tally: Tally, log: RequestLog): Tally {
  return {
    ...tally,
    output: (tokens: number) => {
      tally.output(tokens)
      log.sent(tokens)
    },
  }
}
