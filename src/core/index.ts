// The ground floor: time, randomness, money, identity, errors, and what a JSON object is.
// Knows nothing of models, traffic or stores, and does no I/O.
export { type Clock, nsPerMs } from './clock.ts'
export { type ErrorCode, errorCodes, exitCodes } from './error-codes.ts'
export { messageOf, UserError } from './errors.ts'
export { createRunId, hash64, spanIdOf, traceIdOf, uuidOf } from './ids.ts'
export { isObject, type JsonObject } from './json.ts'
export { formatUsd, type PicoUsd, parseUsd, picoPerUsd } from './money.ts'
export { formatProblem, type Problem } from './problem.ts'
export { createRng, type Rng } from './rng.ts'
export { createSystemClock } from './system-clock.ts'
export { formatTraceparent, parseTraceparent } from './traceparent.ts'
export { createVirtualClock } from './virtual-clock.ts'
