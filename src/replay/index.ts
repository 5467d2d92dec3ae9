// Plays a plan against targets at its due times, stamps what comes back and judges the run itself.
// Knows nothing of routers or stores: a target is a URL, a sink takes the records.
export { play, type Played, type Playing, type PlayOptions } from './play.ts'
export type { Progress } from './tally.ts'
export type { Target } from './target.ts'
export type { Validity } from './validity.ts'
