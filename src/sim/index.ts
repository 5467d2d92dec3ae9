// Simulated providers: a pure model of how each endpoint answers (latency, prompt cache, limits, faults),
// and real HTTP servers on loopback that play what the model decides. The independent ground truth:
// knows nothing of scenarios, records, the router or the wire. Never keeps or logs a prompt.
export { readCalibration } from './builtin-calibration.ts'
export { parseCassette } from './cassette/cassette.ts'
export { openPlayer } from './cassette/player.ts'
export { openRecorder } from './cassette/recorder.ts'
export type { LogLine } from './log/log-line.ts'
export { openProviderLog, type ProviderLog } from './log/provider-log.ts'
export { parseProviderLog } from './log/parse-log.ts'
export { type AttemptFacts, reconcile, type Reconciliation } from './log/reconcile.ts'
export type { FaultRule } from './model/faults.ts'
export { openSimulatedProviders } from './providers-server.ts'
export {
  simulate,
  type SimulateOptions,
  type VirtualAnswer,
  type VirtualRequest,
} from './virtual/simulate.ts'
