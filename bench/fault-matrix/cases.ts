import type { FaultRule } from '../../src/sim/index.ts'
import { limitDialects } from '../../src/sim/model/faults.ts'
import { type FaultCase, faultAt, faultCase, type Hosts } from './fault-case.ts'

/** Longer than every deadline of the matrix. */
const tooLongMs = 20_000
/** What limited providers ask callers to wait. */
const askedWaitMs = 300

const atFirst =
  (kind: FaultRule['kind'], changes: Partial<FaultRule> = {}) =>
  ({ first }: Hosts) => [faultAt(first, kind, changes)]

const late = { statuses: [504] }

const connections = [
  faultCase('nobody listens', 'before_token', { isUnreachable: true }),
  faultCase('closed before headers', 'before_token', { faults: atFirst('refused') }),
  faultCase('reset before headers', 'before_token', { faults: atFirst('outage') }),
  // A connection that the provider gave up is no fault of the provider's: whoever asks anew is served.
  faultCase('keep-alive reset', 'harmless', { faults: atFirst('keep_alive_reset'), play: 'after_warming' }),
  faultCase('reset after headers', 'before_token', { faults: atFirst('reset_after_headers') }),
]

const waits = [
  faultCase('slow headers', 'before_token', {
    ...late,
    faults: atFirst('slow_headers', { delayMs: tooLongMs }),
    deadline: { stream: 'headers', unary: 'attempt' },
  }),
  faultCase('slow first token', 'before_token', {
    ...late,
    faults: atFirst('slow_first_token', { delayMs: tooLongMs }),
    deadline: { stream: 'first_token', unary: 'attempt' },
  }),
  faultCase('silence after headers', 'before_token', {
    ...late,
    faults: atFirst('silence'),
    deadline: { stream: 'first_token', unary: 'attempt' },
  }),
  faultCase('stall', 'mid_answer', {
    ...late,
    faults: atFirst('stall'),
    deadline: { stream: 'idle', unary: 'idle' },
  }),
  faultCase('stall with comments', 'mid_answer', {
    ...late,
    faults: atFirst('stall', { delayMs: tooLongMs, commentMs: 50 }),
    deadline: { stream: 'idle', unary: 'attempt' },
  }),
  faultCase('hiccup', 'harmless', { faults: atFirst('stall', { delayMs: 60 }) }),
  faultCase('slow answer', 'harmless', { faults: atFirst('slow', { factor: 3 }) }),
]

const broken = [
  faultCase('cut, connection closed', 'mid_answer', { faults: atFirst('cut_stream', { how: 'reset' }) }),
  faultCase('cut, ended as if whole', 'mid_answer', { faults: atFirst('cut_stream', { how: 'end' }) }),
  faultCase('malformed chunk', 'mid_answer', { faults: atFirst('malformed_chunk') }),
  faultCase('error inside a 200', 'mid_answer', {
    statuses: [500, 502, 503],
    faults: atFirst('error_in_200'),
  }),
  faultCase('empty answer', 'before_token', { faults: atFirst('empty_answer') }),
  faultCase('wrong usage', 'harmless', { faults: atFirst('wrong_usage'), liesAboutUsage: true }),
  faultCase('missing usage', 'harmless', { faults: atFirst('missing_usage') }),
  faultCase('split writes', 'harmless', { faults: atFirst('split_writes') }),
]

const status = (code: number, honest: number, changes: Partial<FaultRule> = {}) =>
  faultCase(`${code}${changes.body ? ` in ${changes.body}` : ''}`, 'before_token', {
    statuses: [honest],
    faults: atFirst('status', { status: code, ...changes }),
  })

// What a provider refuses for want of a good key, of credit or of the model is a 502 to the caller.
const statuses = [
  status(500, 502),
  status(502, 502, { body: 'html' }),
  status(503, 503),
  status(504, 504),
  status(529, 503),
  status(401, 502),
  status(402, 502),
  status(403, 403),
  status(404, 502),
  faultCase('400', 'callers', { statuses: [400], faults: atFirst('status', { status: 400 }) }),
]

const limits = [
  ...limitDialects.map(dialect =>
    faultCase(`429, ${dialect.replaceAll('_', ' ')}`, 'before_token', {
      statuses: [429],
      play: 'twice',
      faults: atFirst('rate_limit', { dialect, retryAfterMs: askedWaitMs }),
      asksWait: dialect !== 'none',
    }),
  ),
  faultCase('429, no quota', 'before_token', {
    statuses: [502],
    faults: atFirst('insufficient_quota'),
  }),
  faultCase('429, too large', 'before_token', { statuses: [429], faults: atFirst('request_too_large') }),
  faultCase('401 on one of two keys', 'harmless', {
    keys: 2,
    faults: atFirst('status', { status: 401, keyNumber: 1 }),
  }),
  faultCase('429 on one of two keys', 'harmless', {
    keys: 2,
    faults: atFirst('rate_limit', { keyNumber: 1, retryAfterMs: askedWaitMs }),
  }),
]

const changing = [
  faultCase('flapping', 'before_token', {
    statuses: [503],
    play: 'through_flapping',
    faults: atFirst('status', { flap: { periodMs: 160, onMs: 80 } }),
  }),
  faultCase('recovery', 'before_token', { play: 'until_recovered', faults: atFirst('outage') }),
]

const double = (name: string, [one, other]: readonly [FaultRule['kind'], FaultRule['kind']]) =>
  faultCase(name, 'before_token', {
    isDouble: true,
    statuses: [429, 502, 503, 504],
    faults: ({ first, second }) => [faultAt(first, one), faultAt(second, other)],
  })

const doubles = [
  // As models do that take no message of the assistant's at the end.
  faultCase('cut, and the next will not resume', 'mid_answer', {
    isDouble: true,
    modes: ['stream, resume'],
    statuses: [400, 502],
    faults: ({ first, second }) => [
      faultAt(first, 'cut_stream', { how: 'reset' }),
      faultAt(second, 'status', { status: 400 }),
    ],
  }),
  double('outage and silence at once', ['outage', 'silence']),
  double('429 and 503 at once', ['rate_limit', 'status']),
  double('empty answer and reset at once', ['empty_answer', 'reset_after_headers']),
]

/** Every row of the fault matrix. */
export const faultCases: readonly FaultCase[] = [
  ...connections,
  ...waits,
  ...broken,
  ...statuses,
  ...limits,
  ...changing,
  ...doubles,
]
